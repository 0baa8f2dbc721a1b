import { Slot } from '../../replay/inputs.ts';
import { type Call, type CallArray, isCallArray } from './call-list.ts';

/** The calls of a step, and what is known of their arrays. */
export interface StepCalls {
  readonly calls: readonly Call[];
  /** True if the step itself fills the array. */
  readonly fills: (array: CallArray) => boolean;
  /** The digest of numbers that neither the step's calls nor an optimizer change; undefined for other arrays. */
  readonly digestOf: (array: CallArray) => string | undefined;
}

/**
 * The first difference between the calls of two steps that would matter if the second ones were made for other batches; undefined if
 * there is none. Arrays that a step fills may be others, as long as the same calls read and write them. All other arrays that
 * are not the same ones have to hold the same numbers: they are constants.
 */
export function differenceOf(first: StepCalls, second: StepCalls): string | undefined {
  if (first.calls.length !== second.calls.length)
    return `a step has ${first.calls.length} calls, the next one ${second.calls.length}`;
  const comparison = new Comparison(first, second);
  for (const [i, call] of first.calls.entries()) {
    const other = second.calls[i];
    const name = call.work.name || 'a loop';
    if (call.work !== other.work) return `${name} is followed by ${other.work.name}`;
    const what = comparison.ofLists(call.args, other.args);
    if (what !== undefined) return `${what} of ${name} differs from step to step`;
  }
  return undefined;
}

class Comparison {
  private readonly pairs = new Map<CallArray, CallArray>();
  private readonly paired = new Set<CallArray>();
  private readonly first: StepCalls;
  private readonly second: StepCalls;

  constructor(first: StepCalls, second: StepCalls) {
    this.first = first;
    this.second = second;
  }

  ofLists(a: readonly unknown[], b: readonly unknown[]): string | undefined {
    if (a.length !== b.length) return 'the number of arguments';
    for (let i = 0; i < a.length; i++) {
      const found = this.of(a[i], b[i]);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private of(a: unknown, b: unknown): string | undefined {
    if (a instanceof Slot || b instanceof Slot)
      return a instanceof Slot && b instanceof Slot && a.of === b.of ? undefined : 'an input';
    if (Array.isArray(a) && Array.isArray(b)) return this.ofLists(a, b);
    if (isCallArray(a) && isCallArray(b)) return this.ofArrays(a, b);
    if (typeof a === 'function' && typeof b === 'function')
      return String(a) === String(b) ? undefined : 'a function';
    return Object.is(a, b) ? undefined : typeof a === 'number' ? 'a number' : 'an object';
  }

  private ofArrays(a: CallArray, b: CallArray): string | undefined {
    const known = this.pairs.get(a);
    if (known !== undefined) return known === b ? undefined : 'the order of results';
    if (a.length !== b.length || a.constructor !== b.constructor) return 'the size of an array';
    const filled = this.first.fills(a);
    if (filled !== this.second.fills(b)) return 'the origin of an array';
    // One array may be filled with other numbers each time, by an embed() that uses its memory again.
    const [before, after] = [this.first.digestOf(a), this.second.digestOf(b)];
    if (a === b && !filled) return before === after ? undefined : 'a constant';
    if (this.paired.has(b)) return 'the order of results';
    if (!filled && (before === undefined || after === undefined ? !sameNumbers(a, b) : before !== after))
      return 'a constant';
    this.pairs.set(a, b);
    this.paired.add(b);
    return undefined;
  }
}

/** Bit by bit: NaN is NaN, and 0 is not -0. */
function sameNumbers(a: CallArray, b: CallArray): boolean {
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: CallArray) =>
  new Uint8Array(buffer, byteOffset, byteLength);
