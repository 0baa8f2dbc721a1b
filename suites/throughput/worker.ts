import { createInterface } from 'node:readline';
import * as tf from '@tensorflow/tfjs';
import { backends } from '../../backends/index.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import type { Batch } from '../../harness/contract/data.ts';
import { Fault } from '../../harness/contract/fault.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { Embedding } from '../../harness/embedding.ts';
import { KernelClock } from '../../harness/kernel-clock.ts';
import { matrixProducts, PreparedProducts } from '../../harness/matrix-products.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { optimizers } from '../../harness/optimizers/index.ts';
import { randomBatches } from '../../harness/random-batches.ts';
import { doWork } from '../../harness/timed-work.ts';
import { Trainee } from '../../harness/trainee.ts';
import { findNamed } from '../catalogue.ts';
import { layerOf, planOf, type Contestant } from './contestants.ts';
import type { Build, Open, Opened, Profiled, ProfileSteps, Request, Time, Timed } from './messages.ts';
import { denseFields } from './settings.ts';

/** The process of one contestant: its memory, its threads and its crashes are its own. */

const clock = new KernelClock();

async function open({ backend, threads }: Open): Promise<OpenBackend> {
  const opened = await findNamed(backends, 'backend', backend).open({ threads });
  tf.enableProdMode();
  return clock.watchRows(opened);
}

/** Everything that is timed, made once. */
class Bench {
  private readonly trainee: Trainee;
  private readonly learningRate: number;
  private readonly inputs = new Map<number, { batches: Batch[]; products: PreparedProducts }>();
  private readonly inputOf: (batch: number) => { batches: Batch[]; products: PreparedProducts };
  private step = 0;

  constructor(contestant: Contestant, backend: OpenBackend) {
    const { dim, bottom, top, optimizer } = contestant;
    const layer = layerOf(contestant);
    const plan = planOf(contestant, layer);
    if (isInfeasible(plan)) throw new Fault(plan.reason);
    const shape = { denseFields, fields: layer.fields.length, dim, bottom, top };
    const rule = optimizers[optimizer];
    this.trainee = new Trainee(new Embedding(plan, backend, optimizer, 1), dlrm.build(shape, 1), rule);
    this.learningRate = rule.learningRate;
    this.inputOf = (batch) => ({
      batches: randomBatches(layer.fields, denseFields, batch, 8),
      products: new PreparedProducts(matrixProducts(shape, batch)),
    });
  }

  async time({ what, batch, warmUp, steps }: Time): Promise<Timed> {
    const milliseconds: number[] = [];
    for (let i = 0; i < warmUp + steps; i++) {
      const start = performance.now();
      await this.work(what, batch);
      if (i >= warmUp) milliseconds.push(performance.now() - start);
    }
    return { milliseconds };
  }

  async profile({ batch, steps }: ProfileSteps): Promise<Profiled> {
    await this.work('train', batch);
    return { profile: await clock.profile(steps, () => this.work('train', batch)) };
  }

  /** Batches come in turn, so that no step finds the rows of the one before in a cache. */
  private work(what: Time['what'], size: number): Promise<void> {
    const input = this.inputs.get(size) ?? this.inputOf(size);
    this.inputs.set(size, input);
    const batch = input.batches[this.step++ % input.batches.length];
    return doWork(what, this.trainee, batch, input.products, this.learningRate);
  }
}

let backend: OpenBackend | undefined;
let bench: Bench | undefined;

async function answer(request: Request): Promise<object> {
  switch (request.type) {
    case 'open':
      backend = await open(request);
      return { version: backend.version, threads: backend.threads } satisfies Opened;
    case 'build':
      bench = new Bench((request as Build).contestant, backend!);
      return {};
    case 'time':
      return bench!.time(request);
    case 'profile':
      return bench!.profile(request);
  }
}

// What a library prints must not mix into the answers.
console.log = console.error;

// The loop ends with standard input: nobody is left to ask.
for await (const line of createInterface({ input: process.stdin })) {
  let said: object;
  try {
    said = await answer(JSON.parse(line) as Request);
  } catch (error) {
    said = { error: error instanceof Error ? error.message : String(error) };
    if (!(error instanceof Fault)) console.error(error); // the trace is for whoever mends it
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
process.exit(0); // whatever a backend's threads still wait for
