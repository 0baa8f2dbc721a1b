import { mix32 } from '../../base/hash.ts';

/** Load stays at or below two thirds. */
const slotsPerToken = 1.5;
/** Integers of a slot: three words of a token, and 1 + its number (0: free). A power of two: a slot lies in one cache line. */
const stride = 4;
/** Integers of a table that the near cache holds; in a larger one, slots are touched `ahead` tokens before use. */
const cached = 1 << 17;
const ahead = 64;
/** Tokens counted between two checks of the capacity, which keeps that check out of the inner loop. */
const run = 16_384;
/** Integers of the largest table: places in it are 32-bit integers with a sign. It holds 357,913,941 tokens. */
const mostSlots = 2 ** 31;

/**
 * Tokens of two or three 32-bit words (64-bit integers, hashes of texts with their check), numbered in the order of their first
 * occurrence, with their counts. Two tokens are one only if all their words are equal. Open addressing with linear probing; the words lie
 * in the slot, so that a probe costs one cache miss. Memory: 24 to 48 bytes per distinct token for the slots and 4 to 8 for the counts.
 */
export class WideTokenTable {
  distinct = 0;
  /** Tokens whose first two words are those of another one: texts with one hash of 64 bits, which the third word tells apart. */
  collisions = 0;
  private readonly words: number;
  private slots = new Int32Array(stride * 2 * run); // [capacity, 4]
  private counts = new Uint32Array(tokensIn(this.slots));
  /** Keeps the compiler from dropping the reads of touch(). */
  private touched = 0;

  get bytes(): number {
    return this.slots.byteLength + this.counts.byteLength;
  }

  /** `words` of a token: 2 or 3. */
  constructor(words: number) {
    this.words = words;
  }

  /** Counts the tokens [rows, words] of rows from .. to - 1, and writes their numbers [rows]. */
  count(tokens: Uint32Array, from: number, to: number, numbers: Uint32Array): void {
    for (let begin = from; begin < to; begin += run) {
      this.reserve(this.distinct + run);
      this.countRun(tokens, begin, Math.min(begin + run, to), numbers);
    }
  }

  private countRun(tokens: Uint32Array, from: number, to: number, numbers: Uint32Array): void {
    const { slots, counts, words } = this;
    const wrap = slots.length - 1;
    let distinct = this.distinct;
    for (let begin = from; begin < to; begin += ahead) {
      const end = Math.min(begin + ahead, to);
      if (slots.length > cached) this.touched ^= touch(slots, tokens, words, begin, end);
      for (let row = begin, at = begin * words; row < end; row++, at += words) {
        const a = tokens[at] | 0;
        const b = tokens[at + 1] | 0;
        const c = words > 2 ? tokens[at + 2] | 0 : 0;
        let slot = firstSlot(a, b, wrap);
        let number: number;
        let met = false; // a token with the first two words of this one, before it in the probe: equal ones begin at one slot
        while ((number = slots[slot + 3]) !== 0) {
          if (slots[slot] === a && slots[slot + 1] === b) {
            if (slots[slot + 2] === c) break;
            met = true;
          }
          slot = (slot + stride) & wrap;
        }
        if (number === 0) {
          number = ++distinct;
          slots[slot] = a;
          slots[slot + 1] = b;
          slots[slot + 2] = c;
          slots[slot + 3] = number;
          if (met) this.collisions++;
        }
        counts[number - 1]++;
        numbers[row] = number - 1;
      }
    }
    this.distinct = distinct;
  }

  /** Writes the numbers of the tokens of rows from .. to - 1; a token that was never counted has `distinct`. */
  number(tokens: Uint32Array, from: number, to: number, numbers: Uint32Array): void {
    const { slots, words, distinct } = this;
    const wrap = slots.length - 1;
    for (let row = from, at = from * words; row < to; row++, at += words) {
      const a = tokens[at] | 0;
      const b = tokens[at + 1] | 0;
      const c = words > 2 ? tokens[at + 2] | 0 : 0;
      let slot = firstSlot(a, b, wrap);
      let number: number;
      while ((number = slots[slot + 3]) !== 0) {
        if (slots[slot] === a && slots[slot + 1] === b && slots[slot + 2] === c) break;
        slot = (slot + stride) & wrap;
      }
      numbers[row] = number === 0 ? distinct : number - 1;
    }
  }

  /** The tokens by number, [distinct, words]. */
  tokensByNumber(): Uint32Array {
    const { slots, words } = this;
    const tokens = new Uint32Array(this.distinct * words);
    for (let slot = 0; slot < slots.length; slot += stride) {
      const number = slots[slot + 3];
      for (let word = 0; number !== 0 && word < words; word++)
        tokens[(number - 1) * words + word] = slots[slot + word];
    }
    return tokens;
  }

  /** Occurrences by number, [distinct]: a view. */
  countsByNumber(): Uint32Array {
    return this.counts.subarray(0, this.distinct);
  }

  private reserve(tokens: number): void {
    const old = this.slots;
    if (tokensIn(old) >= tokens) return;
    if (old.length >= mostSlots) throw new RangeError(`more than ${tokensIn(old) - run} of them`);
    const slots = new Int32Array(2 * old.length);
    const wrap = slots.length - 1;
    for (let from = 0; from < old.length; from += stride) {
      if (old[from + 3] === 0) continue;
      let slot = firstSlot(old[from], old[from + 1], wrap);
      while (slots[slot + 3] !== 0) slot = (slot + stride) & wrap;
      slots[slot] = old[from];
      slots[slot + 1] = old[from + 1];
      slots[slot + 2] = old[from + 2];
      slots[slot + 3] = old[from + 3];
    }
    this.slots = slots;
    const counts = new Uint32Array(tokensIn(slots));
    counts.set(this.counts);
    this.counts = counts;
    this.reserve(tokens);
  }
}

const firstSlot = (a: number, b: number, wrap: number) => (mix32(a ^ Math.imul(b, 0x9e3779b1)) << 2) & wrap;

/** Tokens that slots have room for. */
const tokensIn = (slots: Int32Array) => Math.floor(slots.length / stride / slotsPerToken);

/** Reads the first slot of every token: independent reads wait for memory together, probing waits for each in turn. */
function touch(slots: Int32Array, tokens: Uint32Array, words: number, from: number, to: number): number {
  const wrap = slots.length - 1;
  let sum = 0;
  for (let at = from * words; at < to * words; at += words)
    sum ^= slots[firstSlot(tokens[at], tokens[at + 1], wrap)];
  return sum;
}
