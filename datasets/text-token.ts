import { mix32 } from '../base/hash.ts';

/**
 * Writes a text as the three words of a token: a 64-bit hash and a 32-bit check, all from its UTF-16 code units. Every step of the
 * three recurrences is a bijection of the state, so that a common ending does not bring texts together. Two texts are taken for one only if
 * all 96 bits agree: among ten million texts that has a probability of about 10^-15. The empty text is 0, 0, 0.
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
    low = Math.imul(low ^ unit, 0x01000193);
    low ^= low >>> 15;
    high = turned(Math.imul(high ^ Math.imul(unit + 1, 0xcc9e2d51), 0x1b873593), 13);
    check = turned(Math.imul(check ^ mix32(unit), 0x85ebca6b), 17) + 0x9e3779b9;
  }
  // Each word takes in the words before it: the three states go to the three words one to one.
  tokens[at] = mix32(low);
  tokens[at + 1] = mix32(high ^ tokens[at]);
  tokens[at + 2] = mix32(check ^ tokens[at + 1]);
}

const turned = (x: number, bits: number) => (x << bits) | (x >>> (32 - bits));
