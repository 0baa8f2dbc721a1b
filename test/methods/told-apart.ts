import * as tf from '../../tensors/index.ts';
import { permutation } from '../../base/random.ts';
import type { Embedding } from '../../harness/embedding/embedding.ts';
import type { Field } from '../../harness/contract/data.ts';
import { embedNamed, type Named } from './tokens.ts';

/** A served layer's need of keys for the ids of a field. */
export interface KeysOfField {
  /** The fewest ids found that need a key: all others have the vectors of their tokens whatever number they get. */
  readonly told: number;
  /** True if all ids have one vector. */
  readonly alike: boolean;
}

/**
 * Counts the ids of a field that the layer tells apart by their numbers. The others are ids N such that a token of N looked up by any
 * number of N gives the vector that it has by its own number: those of which that is so with one id, of several that are tried,
 * and then with each other, their numbers exchanged at random. `keys`: what the plan says; no fewer are looked for, but where all
 * ids of a field have one, whether any needs it.
 */
export function toldApartIn(
  embedding: Embedding,
  fields: readonly Field[],
  field: number,
  keys: number,
): KeysOfField {
  const { cardinality: n } = fields[field];
  const ids = Uint32Array.from({ length: n }, (_, id) => id);
  const vectors = (numbers: Uint32Array, tokens = ids) =>
    vectorsOf(embedding, fields, field, { numbers, tokens });
  const own = vectors(ids);
  const width = own.length / n;
  /** True if an id's own vector is that of a place. */
  const isOf = (id: number, found: Float32Array, place: number) => {
    for (let k = 0; k < width; k++)
      if (Math.abs(own[id * width + k] - found[place * width + k]) > 1e-6) return false;
    return true;
  };
  const alike = ids.every((id) => isOf(0, own, id));

  const { counts } = fields[field];
  const rarest = counts.lastIndexOf(counts.reduce((least, count) => Math.min(least, count)));
  let most = 0;
  for (const one of new Set([rarest, ...permutation(n, 3).slice(0, 12)])) {
    if (most > 0 && n - most <= keys) break; // there is nothing left to find
    if (keys === n && one !== rarest) break;
    const ones = ids.map(() => one);
    const byIts = vectors(ones);
    if (ids.filter((id) => isOf(id, byIts, id)).length <= most) continue;
    const asIts = vectors(ids, ones);
    let those = ids.filter((id) => isOf(id, byIts, id) && isOf(one, asIts, id));
    for (let rounds = 0; rounds < 5 && those.length > most; rounds++) {
      const exchanged = ids.slice();
      permutation(those.length, rounds).forEach((to, from) => (exchanged[those[from]] = those[to]));
      const found = vectors(exchanged);
      const wrong = those.filter((id) => !isOf(id, found, id));
      if (wrong.length === 0) most = those.length;
      // Its number or its token: an id that is told apart may have had the vector of that one by chance.
      const doubtful = new Set(wrong.map((id) => exchanged[id]));
      those = those.filter((id) => !doubtful.has(id));
    }
  }
  return { told: n - most, alike };
}

/** Vectors of tokens of a field by these numbers: [tokens, dim]. Other fields have their first id. */
function vectorsOf(
  embedding: Embedding,
  fields: readonly Field[],
  field: number,
  asked: Named,
): Float32Array {
  const batch = asked.tokens.length;
  const [numbers, tokens] = [asked.numbers, asked.tokens].map((ids) => {
    const columns = new Uint32Array(batch * fields.length);
    ids.forEach((id, row) => (columns[row * fields.length + field] = id));
    return columns;
  });
  const embed = embedNamed(embedding.plan, { numbers, tokens }, field);
  return tf.tidy(() => {
    const all = embedding.embed(numbers, batch, fields.length, undefined, embed);
    return tf.slice(all, [0, field, 0], [-1, 1, -1]).dataSync<'float32'>().slice();
  });
}
