import type { Field } from './data.ts';
import type { Plan, Serving, ToldApart } from './method.ts';

/**
 * Bits of a key. Ids of a log are hashed tokens, of 32 bits on Criteo: a sorted list of them takes so much. A minimal perfect
 * hash (about 2 bits a key; RecSplit, Esposito et al., ALENEX 2020) with a fingerprint of 30 bits takes as much for tokens of
 * any length, and takes an unknown token for a known one once in 2^30.
 */
export const keyBits = 32;

/** Every id of every field that needs keys: ids that are hashes of tokens are computed. */
export function everyId(fields: readonly Field[]): ToldApart {
  return { byField: fields.map(({ cardinality, hashed }) => (hashed ? 0 : cardinality)) };
}

/** All ids of the fields that are whole, none of the others, which hash what they are given. */
export function idsOfUncompressed(fields: readonly Field[], isWhole: (field: number) => boolean): ToldApart {
  return { byField: fields.map(({ cardinality }, f) => (isWhole(f) ? cardinality : 0)) };
}

/** The ids that the served plan tells apart; all ids where it does not say. */
export function toldApartBy(plan: Serving & Pick<Plan, 'serving'>, fields: readonly Field[]): ToldApart {
  return (plan.serving ?? plan).toldApart ?? everyId(fields);
}

/** Keys that are stored to serve a plan: one for each id that is told apart. Never more than there are ids. */
export function keysOf(plan: Serving & Pick<Plan, 'serving'>, fields: readonly Field[]): number {
  const { byField, anyField = 0 } = toldApartBy(plan, fields);
  return Math.min(sum(byField) + anyField, sum(everyId(fields).byField));
}

/** Bytes of so many keys. */
export function keyBytes(keys: number): number {
  return Math.ceil((keys * keyBits) / 8);
}

/** Bytes of the keys of a row for every id. */
export function fullKeyBytes(fields: readonly Field[]): number {
  return keyBytes(sum(everyId(fields).byField));
}

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
