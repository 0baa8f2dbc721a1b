import { digestOfNumbers } from '../../replay/digest-of-numbers.ts';
import { type Inputs, Slot } from '../../replay/inputs.ts';
import type { StepRecording } from '../../replay/recorded-step.ts';
import { type Call, type CallArray, type CallList, isCallArray } from './call-list.ts';
import { differenceOf } from './compare-calls.ts';
import type { Block } from '../pool.ts';
import type { NativeBackend } from '../backend.ts';
import type { Watched } from './tensor-watch.ts';

type Work = (...args: unknown[]) => unknown;

/** The place in a list of arguments that an input goes to. */
interface Place {
  readonly args: unknown[];
  readonly at: number;
  readonly slot: Slot;
}

/**
 * The calls of a step and the memory that they work on: blocks of the pool, which others may have between two steps, and the
 * numbers of variables. Holds one step's arrays that are not the pool's.
 */
export class Recording implements StepRecording {
  private readonly list: CallList;
  private readonly backend: NativeBackend;
  private readonly places: readonly Place[];
  private readonly blocks: ReadonlySet<Block>;
  private readonly variables: readonly Watched[];
  private readonly digests: Map<CallArray, string>;

  /** Arrays that are neither inputs nor variables take them. */
  readonly bytes: number;

  /** `taken`: the blocks that the step took from the pool. */
  constructor(backend: NativeBackend, list: CallList, taken: ReadonlySet<Block>) {
    this.backend = backend;
    this.list = list;
    this.places = list.calls.flatMap(({ args }) => placesIn(args));
    this.blocks = taken;
    const arrays = new Set(list.calls.flatMap(({ args }) => arraysIn(args)));
    const known = [...arrays].filter((array) => !this.fills(array) && !list.constants.has(array));
    const fixed = known.filter((array) => !backend.isOfTensor(array));
    this.digests = new Map([
      ...list.constants,
      ...fixed.map((array): [CallArray, string] => [array, digestOfNumbers(array)]),
    ]);
    this.bytes = [...list.made, ...list.constants.keys()].reduce(
      (sum, { byteLength }) => sum + byteLength,
      0,
    );
    this.variables = known.map((array) => backend.watch(array));
  }

  /** The calls, with slots for what differs from step to step. */
  get calls(): readonly Call[] {
    for (const { args, at, slot } of this.places) args[at] = slot;
    return this.list.calls;
  }

  /** True if the step itself fills the array. */
  readonly fills = (array: CallArray): boolean => {
    const block = this.backend.blockOf(array.buffer);
    return block === undefined ? this.list.made.has(array) : this.blocks.has(block);
  };

  readonly digestOf = (array: CallArray): string | undefined => this.digests.get(array);

  noteChanges(): void {
    for (const array of this.digests.keys()) this.digests.set(array, digestOfNumbers(array));
  }

  get usable(): boolean {
    for (const { free } of this.blocks) if (!free) return false;
    return !this.isOutdated;
  }

  get isOutdated(): boolean {
    return this.variables.some(({ released }) => released);
  }

  differenceFrom(other: Recording): string | undefined {
    return differenceOf(this, other);
  }

  /** Holds nothing but memory of this process. */
  dispose(): void {}

  /** Makes all calls again. */
  replay(inputs: Inputs): void {
    for (const { args, at, slot } of this.places) args[at] = slot.in(inputs);
    for (const { work, args } of this.list.calls) (work as Work)(...args);
  }
}

function placesIn(args: unknown[]): Place[] {
  return args.flatMap((arg, at) => {
    if (arg instanceof Slot) return [{ args, at, slot: arg }];
    return Array.isArray(arg) ? placesIn(arg) : [];
  });
}

function arraysIn(args: readonly unknown[]): CallArray[] {
  return args.flatMap((arg) => {
    if (isCallArray(arg)) return [arg];
    return Array.isArray(arg) ? arraysIn(arg) : [];
  });
}
