import * as tf from '../../tensors/index.ts';
import type { JoinedRows, OpenBackend, Rows } from '../contract/backend.ts';
import { HostRows } from '../embedding/host-rows.ts';

/** The time of one kernel, or of the rows of all tables, per step. */
export interface ProfileEntry {
  readonly name: string;
  readonly calls: number;
  readonly milliseconds: number;
}

/** The time of a step by kernel: means per step, so that the entries add up to the whole with `rest`. */
export interface Profile {
  readonly steps: number;
  readonly milliseconds: number;
  /** The longest first. Kernels by their name in tfjs; `rows: gather`, `update`, `write`, `copy` are the embedding tables. */
  readonly entries: readonly ProfileEntry[];
  /**
   * The time outside of all entries: tape, tensor bookkeeping and other JavaScript. On a device: waiting and copying; negative
   * if kernels overlap.
   */
  readonly rest: number;
  /** Only on a device: what this process needs to ask for a step, while the device computes the ones before. */
  readonly asking?: number;
}

/**
 * Says where the time of a step goes on a backend that computes while it is called. Kernels of the current backend are
 * wrapped in a clock while `profile` runs and put back after it; rows are wrapped when they are made, by a backend
 * that went through `watchRows`, and cost a comparison while no clock runs. A kernel called by a kernel counts for
 * itself alone.
 */
export class KernelClock {
  private readonly spent = new Map<string, { calls: number; milliseconds: number }>();
  /** The milliseconds that inner calls took, for every call under way. */
  private readonly inner: number[] = [];
  private running = false;

  /** The same backend with tables whose gathers, updates, writes and copies this clock sees. */
  watchRows(backend: OpenBackend): OpenBackend {
    return {
      ...backend,
      ...(backend.joinedRows && { joinedRows: this.watchedJoins(backend.joinedRows) }),
      createRows: (...args) => this.watched(backend.createRows?.(...args) ?? new HostRows(...args)),
    };
  }

  async profile(steps: number, step: () => Promise<void>): Promise<Profile> {
    const restore = this.wrapKernels();
    this.spent.clear();
    this.running = true;
    const start = performance.now();
    try {
      for (let i = 0; i < steps; i++) await step();
    } finally {
      this.running = false;
      restore();
    }
    const milliseconds = (performance.now() - start) / steps;
    const entries = [...this.spent]
      .map(([name, spent]) => ({
        name,
        calls: spent.calls / steps,
        milliseconds: spent.milliseconds / steps,
      }))
      .sort((a, b) => b.milliseconds - a.milliseconds);
    const rest = milliseconds - entries.reduce((sum, entry) => sum + entry.milliseconds, 0);
    return { steps, milliseconds, entries, rest };
  }

  /** Returns the function that puts the kernels back as they were. */
  private wrapKernels(): () => void {
    const kernels = tf.getKernelsForBackend(tf.getBackend());
    const replace = (kernel: tf.KernelConfig, kernelFunc: tf.KernelFunc) => {
      tf.unregisterKernel(kernel.kernelName, kernel.backendName); // registering over another one warns
      tf.registerKernel({ ...kernel, kernelFunc });
    };
    for (const kernel of kernels)
      replace(kernel, (params) => this.time(kernel.kernelName, () => kernel.kernelFunc(params)));
    return () => kernels.forEach((kernel) => replace(kernel, kernel.kernelFunc));
  }

  private watchedJoins(joined: JoinedRows): JoinedRows {
    return {
      stored: (table, bytes) => joined.stored(table, bytes),
      join: (...args) => this.time('rows: join', () => joined.join(...args)),
      gradRows: (...args) => this.time('rows: join, gradient', () => joined.gradRows(...args)),
      gradMatrices: (...args) => this.time('rows: join, gradient', () => joined.gradMatrices(...args)),
    };
  }

  private watched(rows: Rows): Rows {
    return {
      table: rows.table,
      stateBytes: rows.stateBytes,
      source: rows.source,
      gather: (indices) => this.time('rows: gather', () => rows.gather(indices)),
      update: (gradients, rate) => this.time('rows: update', () => rows.update(gradients, rate)),
      read: (from, to) => rows.read(from, to),
      write: (which, values, keepState) =>
        this.time('rows: write', () => rows.write(which, values, keepState)),
      copy: (from, to) => this.time('rows: copy', () => rows.copy(from, to)),
      readState: () => rows.readState(),
      writeState: (state) => rows.writeState(state),
      save: () => rows.save(),
      restore: () => rows.restore(),
      dispose: () => rows.dispose(),
    };
  }

  private time<T>(name: string, call: () => T): T {
    if (!this.running) return call();
    this.inner.push(0);
    const start = performance.now();
    try {
      return call();
    } finally {
      const whole = performance.now() - start;
      const inner = this.inner.pop()!;
      const entry = this.spent.get(name) ?? { calls: 0, milliseconds: 0 };
      this.spent.set(name, {
        calls: entry.calls + 1,
        milliseconds: entry.milliseconds + whole - inner,
      });
      if (this.inner.length > 0) this.inner[this.inner.length - 1] += whole;
    }
  }
}
