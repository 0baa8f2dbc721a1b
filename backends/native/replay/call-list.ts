import type { Numbers } from '../addon.ts';
import { copyOfLayout, layout } from '../kernels/layout.ts';
import { digestOfNumbers } from '../../replay/digest-of-numbers.ts';
import { type Inputs, Slot } from '../../replay/inputs.ts';

/** Arrays that calls are made with. */
export type CallArray = Numbers | Uint32Array | Float64Array;

export function isCallArray(value: unknown): value is CallArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** A call of the add-on, or of a loop of JavaScript, with what it was made with. */
export interface Call {
  readonly work: (...args: never[]) => unknown;
  readonly args: unknown[];
}

const changes = 'an array changes after a tensor was made of it';

/** The calls of one step, in their order, noted while it runs on the tape. */
export class CallList {
  readonly calls: Call[] = [];
  /** Arrays of this process that the step itself fills. Blocks of the pool are known by the pool. */
  readonly made = new Set<CallArray>();
  /** Numbers of this process that the step made tensors of, and that are no inputs, with their digests at that time. */
  readonly constants = new Map<CallArray, string>();
  /** The reason why the calls cannot be made again, where there is one. */
  refusal: string | undefined;
  private readonly inputs: Inputs;
  private running = false;

  constructor(inputs: Inputs) {
    this.inputs = inputs;
  }

  /** Makes a call and notes it. Calls that it makes itself are part of it. */
  run<Args extends unknown[], Result>(work: (...args: Args) => Result, args: Args): Result {
    this.note(work, args);
    return this.inside(() => work(...args));
  }

  /** Notes a call that has been made already. */
  note<Args extends unknown[]>(work: (...args: Args) => unknown, args: Args): void {
    if (!this.running) this.calls.push({ work, args: this.keptAll(args) });
  }

  /** The same as `run` of a call whose first argument is the learning rate of the step. */
  runAtRate<Args extends unknown[], Result>(
    work: (rate: number, ...args: Args) => Result,
    rate: number,
    args: Args,
  ): Result {
    if (rate !== this.inputs.rate) this.refuse('rows have a learning rate of their own');
    this.calls.push({ work, args: [new Slot('rate'), ...this.keptAll(args)] });
    return this.inside(() => work(rate, ...args));
  }

  /** The step makes a tensor of numbers of this process. */
  give(values: unknown): void {
    if (!isCallArray(values) || this.inputs.values.includes(values)) return;
    const digest = digestOfNumbers(values);
    if ((this.constants.get(values) ?? digest) !== digest) this.refuse(changes);
    this.constants.set(values, digest);
  }

  /** Refuses the step if it has changed an array after it made a tensor of it: some of its calls read other numbers than the rest. */
  end(): void {
    for (const [values, digest] of this.constants)
      if (digestOfNumbers(values) !== digest) this.refuse(changes);
  }

  refuse(reason: string): void {
    this.refusal ??= reason;
  }

  /** Refuses what a call must not do, because nothing of it would be known when the call is made again. */
  refuseInside(reason: string): void {
    if (this.running) this.refuse(reason);
  }

  private inside<T>(work: () => T): T {
    const before = this.running;
    this.running = true;
    try {
      return work();
    } finally {
      this.running = before;
    }
  }

  private keptAll(args: readonly unknown[]): unknown[] {
    return args.map((arg, at) => (arg === layout ? copyOfLayout(args[at + 1] as number) : this.kept(arg)));
  }

  private kept(arg: unknown): unknown {
    if (typeof arg !== 'object' || arg === null) return arg;
    const place = this.inputs.values.indexOf(arg);
    if (place >= 0) return new Slot(place);
    return Array.isArray(arg) ? arg.map((part) => this.kept(part)) : arg;
  }
}
