import { hash32 } from '../base/hash.ts';

/** How the tokens of a field become ids without a vocabulary. */
export interface HashRule {
  /** The number of the field: fields have different hash functions. */
  readonly field: number;
  /** The ids of the field. */
  readonly ids: number;
}

/** Hashes have 32 bits: with so many ids each is still met by two of them at least. */
export const mostIds = 2 ** 31;

/** The id of the token tokens[at, at + words): a chain of hashes that begins with the number of the field and takes in a word at a time, modulo the ids. */
export function idOfToken(
  tokens: ArrayLike<number>,
  at: number,
  words: number,
  { field, ids }: HashRule,
): number {
  let hash = field;
  for (let word = 0; word < words; word++) hash = hash32(tokens[at + word], hash);
  return hash % ids;
}
