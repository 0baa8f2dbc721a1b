import { mix32 } from '../../base/hash.ts';

/** Slots per token, at least: probes stay short. */
const slotsPerToken = 2;

/**
 * Tokens of several 32-bit words (64-bit integers, hashes of texts with their check), numbered in the order of their first
 * occurrence, with their counts. Two tokens are one only if all their words are equal. Open addressing with linear probing: a slot
 * holds 1 + the number of a token, whose words lie apart. Memory: 8 to 16 bytes per distinct token for the slots, and 4 per
 * word and count, at most twice that.
 */
export class WideTokenTable {
  distinct = 0;
  /** Tokens whose first two words are those of another one: texts with one hash of 64 bits, which the third word tells apart. */
  collisions = 0;
  private readonly words: number;
  private slots = new Int32Array(1 << 12);
  private tokens: Uint32Array; // [capacity, words]
  private counts: Uint32Array; // [capacity]

  constructor(words: number) {
    this.words = words;
    this.tokens = new Uint32Array((this.slots.length / slotsPerToken) * words);
    this.counts = new Uint32Array(this.slots.length / slotsPerToken);
  }

  get bytes(): number {
    return this.slots.byteLength + this.tokens.byteLength + this.counts.byteLength;
  }

  /** Counts the tokens [rows, words] of rows from .. to - 1, and writes their numbers [rows]. */
  count(tokens: Uint32Array, from: number, to: number, numbers: Uint32Array): void {
    for (let row = from; row < to; row++) {
      if (this.distinct === this.counts.length) this.grow();
      const at = this.slotOf(tokens, row);
      if (this.slots[at] === 0) {
        this.tokens.set(
          tokens.subarray(row * this.words, (row + 1) * this.words),
          this.distinct * this.words,
        );
        this.slots[at] = ++this.distinct;
        if (this.words > 2 && this.collides(tokens, row, at)) this.collisions++;
      }
      const number = this.slots[at] - 1;
      this.counts[number]++;
      numbers[row] = number;
    }
  }

  /** Writes the numbers of the tokens of rows from .. to - 1; a token that was never counted has `distinct`. */
  number(tokens: Uint32Array, from: number, to: number, numbers: Uint32Array): void {
    for (let row = from; row < to; row++) {
      const found = this.slots[this.slotOf(tokens, row)];
      numbers[row] = found === 0 ? this.distinct : found - 1;
    }
  }

  /** Occurrences by number, [distinct]: a view. */
  countsByNumber(): Uint32Array {
    return this.counts.subarray(0, this.distinct);
  }

  /** The slot of the token in a row: its own, or a free one. */
  private slotOf(tokens: Uint32Array, row: number): number {
    const { slots, words } = this;
    const first = row * words;
    const wrap = slots.length - 1;
    let at = this.firstSlot(tokens, first);
    for (let found; (found = slots[at]) !== 0; at = (at + 1) & wrap)
      if (this.equals((found - 1) * words, tokens, first)) break;
    return at;
  }

  /** True if a token before slot `at` in the probe of this one has its first two words: equal ones begin at one slot. */
  private collides(tokens: Uint32Array, row: number, at: number): boolean {
    const first = row * this.words;
    const wrap = this.slots.length - 1;
    for (let slot = this.firstSlot(tokens, first); slot !== at; slot = (slot + 1) & wrap) {
      const other = (this.slots[slot] - 1) * this.words;
      if (this.tokens[other] === tokens[first] && this.tokens[other + 1] === tokens[first + 1]) return true;
    }
    return false;
  }

  private firstSlot(tokens: Uint32Array, first: number): number {
    return mix32(tokens[first] ^ Math.imul(tokens[first + 1], 0x9e3779b1)) & (this.slots.length - 1);
  }

  private equals(at: number, tokens: Uint32Array, first: number): boolean {
    for (let word = 0; word < this.words; word++)
      if (this.tokens[at + word] !== tokens[first + word]) return false;
    return true;
  }

  private grow(): void {
    const [tokens, counts] = [this.tokens, this.counts];
    this.slots = new Int32Array(2 * this.slots.length);
    this.tokens = new Uint32Array(2 * tokens.length);
    this.tokens.set(tokens);
    this.counts = new Uint32Array(2 * counts.length);
    this.counts.set(counts);
    for (let number = 0; number < this.distinct; number++)
      this.slots[this.slotOf(tokens, number)] = number + 1;
  }
}
