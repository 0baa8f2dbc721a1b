import { mix32 } from '../base/hash.ts';

/**
 * Writes a text as the three words of a token: a 64-bit hash and a 32-bit check, all from its UTF-16 code units. Two texts are taken
 * for one only if all 96 bits agree: among ten million texts that has a probability below 10^-15. The empty text is 0, 0, 0.
 */
export function writeTextToken(text: string, tokens: Uint32Array, row: number): void {
  const at = 3 * row;
  if (text.length === 0) {
    tokens.fill(0, at, at + 3);
    return;
  }
  let [low, high, check] = [0x811c9dc5, 0x9747b28c, text.length];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Three recurrences with different multipliers; the last steps make every bit depend on every unit.
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ Math.imul(unit + 1, 0xcc9e2d51), 0x1b873593);
    high = (high << 13) | (high >>> 19);
    check = Math.imul(check, 0x85ebca6b) + mix32(unit ^ check);
  }
  tokens[at] = mix32(low ^ (high >>> 16));
  tokens[at + 1] = mix32(high ^ Math.imul(low, 0x9e3779b1));
  tokens[at + 2] = mix32(check ^ high);
}
