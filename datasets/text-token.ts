import { mix32 } from '../base/hash.ts';

/**
 * Writes the token of a cell, bytes[from, to), as three words from tokens[at] on. A cell of at most 8 bytes is its own token: its bytes,
 * little-endian with zeros after them, and 0. The token of a longer cell is a hash of 64 bits and a second one of 32 bits, never 0, that
 * tells cells with equal hashes apart: two cells are taken for one only if all 96 bits agree, which has a probability of about 10^-15 among
 * ten million cells. The empty cell is 0, 0, 0. Cells have no NUL bytes, so that the zeros are unambiguous.
 */
export function writeToken(
  bytes: Uint8Array,
  from: number,
  to: number,
  tokens: Uint32Array,
  at: number,
): void {
  if (to - from > 8) return writeHash(bytes, from, to, tokens, at);
  let low = 0;
  let high = 0;
  const middle = to - from > 4 ? from + 4 : to;
  for (let p = middle - 1; p >= from; p--) low = (low << 8) | bytes[p];
  for (let p = to - 1; p >= middle; p--) high = (high << 8) | bytes[p];
  tokens[at] = low;
  tokens[at + 1] = high;
  tokens[at + 2] = 0;
}

/**
 * Hashes more than 8 bytes, four at a time, the last four overlapping those before; the length goes in first. Three chains in the manner of
 * MurmurHash3, each with multipliers of its own, so that a pair of texts that meets in one does not meet in the others for that reason.
 */
function writeHash(bytes: Uint8Array, from: number, to: number, tokens: Uint32Array, at: number): void {
  const length = to - from;
  let low = length ^ 0x811c9dc5;
  let high = length ^ 0x9747b28c;
  let check = length;
  const last = to - 4;
  for (let p = from; ;) {
    const word = bytes[p] | (bytes[p + 1] << 8) | (bytes[p + 2] << 16) | (bytes[p + 3] << 24);
    let k = Math.imul(word, 0xcc9e2d51);
    k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
    low ^= k;
    low = (Math.imul((low << 13) | (low >>> 19), 5) + 0xe6546b64) | 0;
    k = Math.imul(word, 0x239b961b);
    k = Math.imul((k << 16) | (k >>> 16), 0xab0e9789);
    high ^= k;
    high = (Math.imul((high << 15) | (high >>> 17), 5) + 0x561ccd1b) | 0;
    k = Math.imul(word, 0x85ebca6b);
    k = Math.imul((k << 17) | (k >>> 15), 0x38b34ae5);
    check ^= k;
    check = (Math.imul((check << 19) | (check >>> 13), 5) + 0x0bcaa747) | 0;
    if (p === last) break;
    p = p + 4 < last ? p + 4 : last;
  }
  // Each word takes in the words before it: the three states go to the three words one to one.
  const first = mix32(low);
  const second = mix32(high ^ first);
  tokens[at] = first;
  tokens[at + 1] = second;
  tokens[at + 2] = mix32(check ^ second) || 1;
}

const encoder = new TextEncoder();

/** The token of a text: that of its UTF-8 bytes. */
export function writeTextToken(text: string, tokens: Uint32Array, row: number): void {
  const bytes = encoder.encode(text);
  writeToken(bytes, 0, bytes.length, tokens, 3 * row);
}
