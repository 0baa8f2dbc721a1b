/** Load stays at or below two thirds: probes then rarely leave the cache line they begin in. */
const slotsPerToken = 1.5;
/** Integers of a table that the near cache holds; in a larger one, slots are touched `ahead` tokens before use. */
const cached = 1 << 17;
const ahead = 64;
/** Tokens counted between two checks of the capacity, which keeps that check out of the inner loop. */
const run = 16_384;
/** Integers of the largest table: places in it are 32-bit integers with a sign. It holds 715,827,882 tokens. */
const mostSlots = 2 ** 31;

/**
 * Tokens of one field, numbered in the order of their first occurrence, with their counts: open addressing with
 * linear probing. A slot is two neighbouring integers, the token and 1 + its number (0: free), so that a probe costs
 * one cache miss. Memory: 12 to 24 bytes per distinct token for the slots and 4 to 8 for the counts.
 */
export class TokenTable {
  distinct = 0;
  private slots = new Int32Array(2 * 2 * run); // [capacity, 2]
  private counts = new Uint32Array(tokensIn(this.slots));
  /** Keeps the compiler from dropping the reads of touch(). */
  private touched = 0;

  /** Counts tokens[from, to) and replaces each by its number. */
  count(tokens: Uint32Array, from: number, to: number): void {
    for (let begin = from; begin < to; begin += run) {
      this.reserve(this.distinct + run);
      this.countRun(tokens, begin, Math.min(begin + run, to));
    }
  }

  private countRun(tokens: Uint32Array, from: number, to: number): void {
    const { slots, counts } = this;
    const wrap = slots.length - 1;
    const shift = hashShift(slots);
    let distinct = this.distinct;
    for (let begin = from; begin < to; begin += ahead) {
      const end = Math.min(begin + ahead, to);
      if (slots.length > cached) this.touched ^= touch(slots, shift, tokens, begin, end);
      for (let i = begin; i < end; i++) {
        const token = tokens[i] | 0;
        let at = (Math.imul(token, golden) >>> shift) << 1;
        let number: number;
        while ((number = slots[at + 1]) !== 0 && slots[at] !== token) at = (at + 2) & wrap;
        if (number === 0) {
          number = ++distinct;
          slots[at] = token;
          slots[at + 1] = number;
        }
        counts[number - 1]++;
        tokens[i] = number - 1;
      }
    }
    this.distinct = distinct;
  }

  /** Replaces tokens[from, to) by their numbers, those never counted by `distinct`. */
  number(tokens: Uint32Array, from: number, to: number): void {
    const { slots, distinct } = this;
    const wrap = slots.length - 1;
    const shift = hashShift(slots);
    for (let i = from; i < to; i++) {
      const token = tokens[i] | 0;
      let at = (Math.imul(token, golden) >>> shift) << 1;
      let number: number;
      while ((number = slots[at + 1]) !== 0 && slots[at] !== token) at = (at + 2) & wrap;
      tokens[i] = number === 0 ? distinct : number - 1;
    }
  }

  /** The tokens by number, [distinct]. */
  tokensByNumber(): Uint32Array {
    const { slots } = this;
    const tokens = new Uint32Array(this.distinct);
    for (let at = 0; at < slots.length; at += 2)
      if (slots[at + 1] !== 0) tokens[slots[at + 1] - 1] = slots[at];
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
    const shift = hashShift(slots);
    for (let from = 0; from < old.length; from += 2) {
      if (old[from + 1] === 0) continue;
      let at = (Math.imul(old[from], golden) >>> shift) << 1;
      while (slots[at + 1] !== 0) at = (at + 2) & wrap;
      slots[at] = old[from];
      slots[at + 1] = old[from + 1];
    }
    this.slots = slots;
    const counts = new Uint32Array(tokensIn(slots));
    counts.set(this.counts);
    this.counts = counts;
    this.reserve(tokens);
  }
}

/** 2^32 / the golden ratio: spreads consecutive tokens over the table (Knuth, volume 3, 6.4). */
const golden = 0x9e3779b1 | 0;
/** The highest bits of the product number the slots. */
const hashShift = (slots: Int32Array) => Math.clz32(slots.length / 2 - 1);

/** Tokens that slots have room for. */
const tokensIn = (slots: Int32Array) => Math.floor(slots.length / 2 / slotsPerToken);

/** Reads the first slot of every token: independent reads wait for memory together, probing waits for each in turn. */
function touch(slots: Int32Array, shift: number, tokens: Uint32Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum ^= slots[(Math.imul(tokens[i], golden) >>> shift) << 1];
  return sum;
}
