import type { OpenBackend } from '../../harness/contract/backend.ts';
import type { Batch, Field } from '../../harness/contract/data.ts';
import { UserError } from '../../base/user-error.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { profileDevice } from '../../harness/measuring/device-profile.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import type { KernelClock } from '../../harness/measuring/kernel-clock.ts';
import { matrixProducts, PreparedProducts } from '../../harness/measuring/matrix-products.ts';
import { optimizers } from '../../harness/optimizers/index.ts';
import { requireRules } from '../../harness/optimizers/missing-rules.ts';
import { randomBatches } from '../../harness/batches/random-batches.ts';
import { doWork, type Work } from '../../harness/measuring/timed-work.ts';
import { Trainer } from '../../harness/training/trainer.ts';
import { findModel } from '../find-model.ts';
import { layerOf, planOf, type Configuration } from './configurations.ts';
import type { Profiled, ProfileSteps, Time, Timed } from './messages.ts';
import { denseFields } from './settings.ts';

/** A configuration of ours with its tables, network and batches, made once and timed as often as asked. */
export class BuiltConfiguration {
  private readonly trainer: Trainer;
  private readonly backend: OpenBackend;
  private readonly clock: KernelClock;
  private readonly learningRate: number;
  private readonly fields: readonly Field[];
  private readonly batches = new Map<number, Batch[]>();
  private step = 0;

  /** `clock`: that of a backend which computes while it is called. Throws a UserError if there is no such layer. */
  constructor(configuration: Configuration, backend: OpenBackend, clock: KernelClock) {
    const { dim, optimizer } = configuration;
    const layer = layerOf(configuration);
    const plan = planOf(configuration, layer);
    if (isInfeasible(plan)) throw new UserError(plan.reason);
    requireRules(backend, optimizer, plan, configuration.hostRows);
    this.fields = layer.fields;
    const shape = { denseFields, fields: layer.fields.length, dim };
    const model = findModel(configuration.model);
    const network = model.build(shape, model.options.parse(configuration.modelOptions), 1);
    const rule = optimizers[optimizer];
    this.trainer = new Trainer(new Embedding(plan, backend, optimizer, 1), network, rule);
    this.learningRate = rule.learningRate;
    this.backend = backend;
    this.clock = clock;
  }

  async time(turn: Time): Promise<Timed> {
    if (turn.what !== 'products') return this.timed(turn);
    // Made for every turn: of large batches they are gigabytes.
    const products = new PreparedProducts(matrixProducts(this.trainer.network.layers, turn.batch));
    try {
      return await this.timed(turn, products);
    } finally {
      products.dispose();
    }
  }

  async profile({ batch, steps }: ProfileSteps): Promise<Profiled> {
    await this.work('train', this.next(batch, 1));
    this.trainer.replays = false; // a clock sees kernels, and there are none where calls are made again
    const ask = () => this.trainer.step(this.next(batch, 1)[0], this.learningRate).dispose();
    const profile = this.backend.synchronize
      ? await profileDevice(this.backend, steps, ask)
      : await this.clock.profile(steps, () => this.work('train', this.next(batch, 1)));
    this.trainer.replays = true;
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
    return doWork(what, { trainer: this.trainer, learningRate: this.learningRate, products }, batches);
  }

  /** Batches come in turn, so that no step finds the rows of the one before in a cache. */
  private next(size: number, steps: number): Batch[] {
    const batches = this.batches.get(size) ?? randomBatches(this.fields, denseFields, size, 8);
    this.batches.set(size, batches);
    return Array.from({ length: steps }, () => batches[this.step++ % batches.length]);
  }
}
