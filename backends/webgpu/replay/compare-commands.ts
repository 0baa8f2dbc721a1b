/// <reference types="@webgpu/types" />
import { Slot } from '../../replay/inputs.ts';
import type { Bring, Command, Computed, Copy, Count, Dispatch, StepParams, Values } from './commands.ts';

/** The commands of a step, and what is known of their memory. */
export interface StepCommands {
  readonly commands: readonly Command[];
  /** True if the step has taken the buffer, and given it back. */
  readonly takes: (buffer: GPUBuffer) => boolean;
  /** The digest of numbers that the step brings and that are no inputs. */
  readonly digestOf: (values: Values) => string | undefined;
}

/**
 * The first difference between the commands of two steps that would matter if the second ones were given for other batches; undefined
 * if there is none. Memory that a step takes may be other memory, as long as the same commands read and write it. All other
 * memory has to be the same.
 */
export function differenceOf(first: StepCommands, second: StepCommands): string | undefined {
  const [a, b] = [first.commands, second.commands];
  if (a.length !== b.length) return `a step has ${a.length} commands, the next one ${b.length}`;
  const comparison = new Comparison(first, second);
  for (const [i, command] of a.entries()) {
    const what = comparison.of(command, b[i]);
    if (what !== undefined) return `${what} of ${nameOf(command)} differs from step to step`;
  }
  return undefined;
}

const nameOf = (command: Command) =>
  command.kind === 'dispatch'
    ? command.name
    : { bring: 'what is brought', copy: 'a copy', count: 'a count' }[command.kind];

class Comparison {
  private readonly pairs = new Map<GPUBuffer, GPUBuffer>();
  private readonly paired = new Set<GPUBuffer>();
  private readonly first: StepCommands;
  private readonly second: StepCommands;

  constructor(first: StepCommands, second: StepCommands) {
    this.first = first;
    this.second = second;
  }

  of(a: Command, b: Command): string | undefined {
    if (a.kind === 'dispatch' && b.kind === 'dispatch') return this.ofDispatches(a, b);
    if (a.kind === 'copy' && b.kind === 'copy') return this.ofCopies(a, b);
    if (a.kind === 'bring' && b.kind === 'bring') return this.ofBrought(a, b);
    if (a.kind === 'count' && b.kind === 'count') return this.ofCounts(a, b);
    return 'the successor';
  }

  private ofDispatches(a: Dispatch, b: Dispatch): string | undefined {
    if (a.pipeline !== b.pipeline || !sameNumbers(a.grid, b.grid)) return 'the program';
    if (!sameNumbers(a.uniform ?? [], b.uniform ?? [])) return 'a constant';
    if (!sameParams(a.params?.numbers, b.params?.numbers)) return 'a number';
    return this.ofBuffers(a.buffers, b.buffers);
  }

  private ofCopies(a: Copy, b: Copy): string | undefined {
    if (!sameNumbers(a.places, b.places)) return 'a number';
    return this.ofBuffers([a.from, a.to], [b.from, b.to]);
  }

  private ofBrought(a: Bring, b: Bring): string | undefined {
    if (a.bytes !== b.bytes) return 'the size';
    // A variable that is brought to the device, for the first time: replays must not bring it again.
    if (!this.first.takes(a.to) || !this.second.takes(b.to)) return 'memory';
    return this.ofValues(a.values, b.values) ?? this.ofBuffers([a.to], [b.to]);
  }

  private ofCounts(a: Count, b: Count): string | undefined {
    return a.of === b.of ? undefined : 'the object';
  }

  private ofValues(a: Bring['values'], b: Bring['values']): string | undefined {
    if (a instanceof Slot || b instanceof Slot)
      return a instanceof Slot && b instanceof Slot && a.of === b.of ? undefined : 'an input';
    if (isComputed(a) || isComputed(b))
      return isComputed(a) && isComputed(b) && sameLoop(a, b) ? undefined : 'a loop';
    return this.first.digestOf(a) === this.second.digestOf(b) ? undefined : 'a constant';
  }

  private ofBuffers(a: readonly GPUBuffer[], b: readonly GPUBuffer[]): string | undefined {
    if (a.length !== b.length) return 'the number of operands';
    return a.every((buffer, i) => this.arePair(buffer, b[i])) ? undefined : 'memory';
  }

  private arePair(a: GPUBuffer, b: GPUBuffer): boolean {
    const known = this.pairs.get(a);
    if (known !== undefined) return known === b;
    const taken = this.first.takes(a);
    if (taken !== this.second.takes(b) || this.paired.has(b) || (!taken && a !== b)) return false;
    if (a.size !== b.size) return false;
    this.pairs.set(a, b);
    this.paired.add(b);
    return true;
  }
}

export const isComputed = (values: Bring['values']): values is Computed => 'arrays' in values;

const sameLoop = (a: Computed, b: Computed) =>
  a.code === b.code &&
  a.arrays.length === b.arrays.length &&
  a.arrays.every((array, i) => {
    const other = b.arrays[i];
    return array instanceof Slot && other instanceof Slot ? array.of === other.of : array === other;
  });

function sameParams(
  a: readonly number[] | StepParams | undefined,
  b: readonly number[] | StepParams | undefined,
): boolean {
  if (a === undefined || b === undefined) return a === b;
  if ('fixed' in a || 'fixed' in b)
    return 'fixed' in a && 'fixed' in b && a.of === b.of && sameNumbers(a.fixed, b.fixed);
  return sameNumbers(a, b);
}

const sameNumbers = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  a.length === b.length && Array.from(a).every((x, i) => Object.is(x, b[i]));
