import { createInterface } from 'node:readline';
import * as tf from '../../tensors/index.ts';
import { backends } from '../../backends/index.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import type { Batch, Field } from '../../harness/contract/data.ts';
import { UserError } from '../../base/user-error.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import type { ModelShape } from '../../harness/contract/model.ts';
import { profileDevice } from '../../harness/device-profile.ts';
import { Embedding } from '../../harness/embedding.ts';
import { KernelClock } from '../../harness/kernel-clock.ts';
import { matrixProducts, PreparedProducts } from '../../harness/matrix-products.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { optimizers } from '../../harness/optimizers/index.ts';
import { requireRules } from '../../harness/optimizers/missing-rules.ts';
import { randomBatches } from '../../harness/random-batches.ts';
import { doWork, type Work } from '../../harness/timed-work.ts';
import { Trainee } from '../../harness/trainee.ts';
import { findNamed } from '../../base/find-named.ts';
import { errorText } from '../running/describe-exit.ts';
import { layerOf, planOf, type Contestant } from './contestants.ts';
import type { Build, Open, Opened, Profiled, ProfileSteps, Request, Time, Timed } from './messages.ts';
import { denseFields } from './settings.ts';

/** The process of one contestant: its memory, its threads and its crashes are its own. */

const clock = new KernelClock();

async function open({ backend, threads }: Open): Promise<OpenBackend> {
  const opened = await findNamed(backends, 'backend', backend).open({ threads });
  if (opened.substitutes) opened.substitutes.refused = true; // what is timed is one backend
  tf.enableProdMode();
  return opened.synchronize ? opened : clock.watchRows(opened);
}

/** Everything that is timed, made once. */
class Bench {
  private readonly trainee: Trainee;
  private readonly backend: OpenBackend;
  private readonly learningRate: number;
  private readonly shape: ModelShape;
  private readonly fields: readonly Field[];
  private readonly batches = new Map<number, Batch[]>();
  private step = 0;

  constructor(contestant: Contestant, backend: OpenBackend) {
    const { dim, bottom, top, optimizer } = contestant;
    const layer = layerOf(contestant);
    const plan = planOf(contestant, layer);
    if (isInfeasible(plan)) throw new UserError(plan.reason);
    requireRules(backend, optimizer, plan, contestant.hostRows);
    this.fields = layer.fields;
    this.shape = { denseFields, fields: layer.fields.length, dim, bottom, top };
    const rule = optimizers[optimizer];
    this.trainee = new Trainee(new Embedding(plan, backend, optimizer, 1), dlrm.build(this.shape, 1), rule);
    this.learningRate = rule.learningRate;
    this.backend = backend;
  }

  async time(turn: Time): Promise<Timed> {
    if (turn.what !== 'products') return this.timed(turn);
    // Made for every turn: of large batches they are gigabytes.
    const products = new PreparedProducts(matrixProducts(this.shape, turn.batch));
    try {
      return await this.timed(turn, products);
    } finally {
      products.dispose();
    }
  }

  async profile({ batch, steps }: ProfileSteps): Promise<Profiled> {
    await this.work('train', this.next(batch, 1));
    const ask = () => this.trainee.step(this.next(batch, 1)[0], this.learningRate).dispose();
    const profile = this.backend.synchronize
      ? await profileDevice(this.backend, steps, ask)
      : await clock.profile(steps, () => this.work('train', this.next(batch, 1)));
    return { profile };
  }

  private async timed(
    { what, batch, warmUp, samples, stepsPerSample }: Time,
    products?: PreparedProducts,
  ): Promise<Timed> {
    for (let i = 0; i < warmUp; i++) await this.work(what, this.next(batch, 1), products);
    const milliseconds: number[] = [];
    for (let i = 0; i < samples; i++) {
      const batches = this.next(batch, stepsPerSample);
      const start = performance.now();
      await this.work(what, batches, products);
      milliseconds.push((performance.now() - start) / stepsPerSample);
    }
    return { milliseconds };
  }

  private work(what: Work, batches: readonly Batch[], products?: PreparedProducts): Promise<void> {
    return doWork(what, { trainee: this.trainee, learningRate: this.learningRate, products }, batches);
  }

  /** Batches come in turn, so that no step finds the rows of the one before in a cache. */
  private next(size: number, steps: number): Batch[] {
    const batches = this.batches.get(size) ?? randomBatches(this.fields, denseFields, size, 8);
    this.batches.set(size, batches);
    return Array.from({ length: steps }, () => batches[this.step++ % batches.length]);
  }
}

let backend: OpenBackend | undefined;
let bench: Bench | undefined;

async function answer(request: Request): Promise<object> {
  switch (request.type) {
    case 'open':
      backend = await open(request);
      return {
        version: backend.version,
        threads: backend.threads,
        device: backend.synchronize ? 'gpu' : 'cpu',
        ...(backend.software && { software: true }),
      } satisfies Opened;
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
    said = { error: errorText(error) };
    if (!(error instanceof UserError)) console.error(error); // the trace is for whoever mends it
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
process.exit(0); // whatever a backend's threads still wait for
