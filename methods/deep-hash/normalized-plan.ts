import * as tf from '../../tensors/index.ts';
import type { Layer, Plan, Stage, Table, Weight } from '../../harness/contract/method.ts';
import type { UncompressedFields } from '../shared/rows/uncompressed-fields.ts';
import type { Decoder } from './decoder.ts';
import { encode, encodeHere } from './hash-encodings.ts';
import { normalizedDecoder } from './normalized-decoder.ts';

export interface DecodedFields {
  /** Decoders, the fields of each, and the seeds of their hashes. */
  readonly decoders: readonly {
    readonly fields: readonly number[];
    readonly network: Decoder;
    readonly seeds: () => readonly (readonly number[])[];
  }[];
  readonly encoding: 'uniform' | 'normal';
  readonly uncompressed: UncompressedFields;
}

/** Training rows that the statistics are taken over in the end. */
const statisticsRows = 512;

/**
 * A training with batch normalization of what the plan serves. Only batches of a training are normalized: vectors that are asked for
 * otherwise may not depend on what is asked for beside them.
 */
export function normalizedPlan(layer: Layer, served: Plan, decoded: DecodedFields): Plan {
  const { fields, dim } = layer;
  const { decoders, encoding, uncompressed } = decoded;
  const all = decoders.map((one) => ({ ...one, normalized: normalizedDecoder(one.network) }));
  return {
    ...served,
    weights: [...served.weights!, ...all.flatMap(({ normalized }) => normalized.factors)],
    serving: { tables: served.tables, weights: served.weights!, toldApart: served.toldApart! },
    embed(lookup) {
      const batch = lookup.training !== undefined;
      const members = all.map(({ fields: own, seeds, normalized }) => ({
        fields: own,
        embed: () => {
          const codes = encode(lookup.ids.pick(own), seeds(), encoding);
          return tf.reshape<tf.Rank.R3>(normalized.decode(codes, lookup.weight, batch), [
            lookup.ids.batch,
            own.length,
            dim,
          ]);
        },
      }));
      return uncompressed.embedBeside(lookup, members);
    },
    async next(trained): Promise<Stage> {
      const contents = new Map<Table | Weight, Float32Array>();
      for (const table of served.tables) contents.set(table, await trained.rows(table));
      const sampled = layer.sample?.(statisticsRows) ?? firstIds(layer, statisticsRows);
      for (const { fields: own, seeds, normalized } of all) {
        const ids = sampled.filter((_, at) => own.includes(at % fields.length));
        const inputs = encodeHere(ids, seeds(), encoding);
        for (const [weight, values] of await normalized.fold(inputs, (weight) => trained.weight(weight)))
          contents.set(weight, values);
        tf.dispose(inputs);
      }
      return { plan: { ...served, training: { share: 0 } }, contents, network: 'kept' };
    },
  };
}

/** Rows of ids where there is no log to take them from. */
function firstIds({ fields }: Layer, rows: number): Uint32Array {
  return Uint32Array.from(
    { length: rows * fields.length },
    (_, at) => Math.floor(at / fields.length) % fields[at % fields.length].cardinality,
  );
}
