import { z } from 'zod';
import { none } from '../../harness/contract/backend.ts';
import { bitsFor, idMap } from '../../harness/contract/indices.ts';
import { fillUniform } from '../../harness/contract/fill.ts';
import type { Lookup, Method, Table } from '../../harness/contract/method.ts';
import { deriveSeed } from '../../base/hash.ts';
import { withinBudget } from '../../harness/contract/size.ts';
import { meanCardinality } from '../shared/rows/hashed-rows.ts';
import { ProbedTable } from './probed-table.ts';
import { countIds, fieldOffsets, idInit } from '../shared/rows/table-parts.ts';

const options = z.strictObject({
  probes: z.int().min(1).max(64).default(16).describe('number of slots tried for an id, in order'),
  evict: z
    .enum(['oldest', 'never'])
    .default('oldest')
    .describe(
      'id that gives its row to a new one if all of its slots are taken: the one seen longest ago, or none',
    ),
  age: z.int().min(1).default(64).describe('steps that an id is safe after it was seen'),
});
type Options = z.infer<typeof options>;

export const multiProbeHashing: Method<Options> = {
  name: 'multi-probe-hashing',
  aliases: ['mpzch', 'zero-collision'],
  title: 'Multi-probe zero-collision hashing',
  idea: 'a hash table of ids, filled as they arrive: each owns a row, and where there is no room the oldest one leaves',
  formula: 'E(i) = T[s], s the slot among h(i), h(i) + 1, …, h(i) + p − 1 whose key is i',
  paper: {
    cite: 'Multi-probe zero-collision hashing, managed collisions of TorchRec (Meta)',
    url: 'https://docs.pytorch.org/torchrec/',
  },
  departures: [
    {
      what: 'an id may be evicted 64 steps after it was last seen',
      why: 'times of a production system are hours, and a training here is some hundred steps; not measured',
    },
    {
      what: 'an id that takes over a slot starts from a new random row',
      why: 'the row of another id is no better start; not measured',
    },
    {
      what: 'ids without a slot share a row of their field',
      why: 'a model has to serve ids that it never saw',
    },
  ],
  family: 'hashing and sharing',
  cost: 'upkeep',
  options,
  /**
   * One table for all fields, keyed by the id among all of them. Ids that find no slot, and ids never trained on, share a
   * row per field. The keys are stored; when a slot was last used is known in training only.
   */
  plan({ fields, dim, budget, seed }, { probes, evict, age }) {
    const offsets = fieldOffsets(fields);
    const ids = countIds(fields);
    const bits = bitsFor(ids + 1); // one more says that a slot is empty
    const left = budget - 4 * dim * fields.length;
    // Slots as many as ids: nearly all ids find one within their probes.
    const slots = Math.max(1, Math.min(ids, Math.floor((8 * left) / (8 * 4 * dim + bits))));
    const slotInit = idInit(meanCardinality(fields));
    const keys = idMap(slots, bits, () => new Uint32Array(slots).fill(ids));
    const rows: Table = {
      width: dim,
      // A slot's row serves whatever id comes: one scale for all.
      parts: [
        { rows: slots, init: slotInit },
        ...fields.map(({ cardinality }) => ({ rows: 1, init: idInit(cardinality) })),
      ],
    };
    const table = new ProbedTable(keys, {
      probes,
      empty: ids,
      seed: deriveSeed(seed, 'multi-probe-hashing'),
    });
    const rowsOf = (batch: Uint32Array, training: Lookup['training']) => {
      const found = new Uint32Array(batch.length);
      for (let at = 0; at < batch.length;)
        for (let f = 0; f < fields.length; f++, at++) {
          const key = batch[at] + offsets[f];
          const slot = training
            ? table.claim(key, training.index, evict === 'oldest' ? age : Infinity)
            : table.find(key);
          found[at] = slot === none ? slots + f : slot;
        }
      return found;
    };
    return withinBudget(
      {
        tables: [rows],
        maps: [keys],
        choices: { slots },
        toldApart: { byField: fields.map(() => 0), anyField: slots },
        embed: ({ compute, training, rows: look }) =>
          look(
            rows,
            compute(
              (batch) => rowsOf(batch, training),
              fields.length,
              (batch) =>
                batch
                  .plus(offsets)
                  .probed(table.slots)
                  .or(batch.times(0).plus(fields.map((_, f) => slots + f))),
            ),
          ),
        memory: table,
        // An id that takes over a slot starts anew from its next step on, not where the one before left off.
        afterStep(step) {
          const taken = table.takeOver();
          if (taken.length === 0) return;
          const values = new Float32Array(taken.length * dim);
          fillUniform(values, slotInit, deriveSeed(seed, 'multi-probe-hashing', 'anew', step.index));
          step.write(rows, taken, values);
        },
      },
      budget,
      'a slot, and a row per field',
    );
  },
};
