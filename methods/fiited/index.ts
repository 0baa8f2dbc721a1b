import * as tf from '../../tensors/index.ts';
import { z } from 'zod';
import { topK } from '../../base/top-k.ts';
import { idMap } from '../../harness/contract/indices.ts';
import type { Method, Step, Table, Trained } from '../../harness/contract/method.ts';
import type { Remembered } from '../../harness/contract/step-memory.ts';
import { infeasible } from '../../harness/contract/size.ts';
import { largestWithin } from '../shared/budget/bisection.ts';
import { idSetMaps } from '../shared/id-sets/id-set.ts';
import { unlessFull } from '../shared/pruning/sparse-rows.ts';
import { countIds } from '../shared/rows/table-parts.ts';
import { chunkNorms, chunkShape, isKept, keepBest, maskChunks, wordsOf } from './chunk-mask.ts';
import { chunkBytes, chunkTable, planChunks, type StoredChunks } from './chunk-rows.ts';
import { DecayedUtilities, forms, keptShare } from './utilities.ts';

const options = z
  .strictObject({
    parts: z.int().min(1).default(4).describe('chunks of a vector, each of which is kept or not'),
    decay: z.number().gt(0).max(1).default(0.999).describe('factor of utilities from step to step'),
    start: z.number().min(0).lt(1).default(0.2).describe('share of the run before chunks are pruned'),
    end: z.number().gt(0).max(1).default(0.8).describe('share of the run after which the chunks stay'),
    updates: z.int().min(1).default(50).describe('number of prunings in a run, if they went on all the time'),
    form: z.enum(forms).default('linear').describe('course of the number of chunks between start and end'),
  })
  .refine(({ start, end }) => start < end, 'start is not before end');

export const fiited: Method<z.infer<typeof options>> = {
  name: 'fiited',
  aliases: ['in-training-pruning'],
  title: 'FIITED (fine-grained in-training embedding dimension optimization)',
  idea: 'vectors are cut into chunks; those whose lookups and gradients are least are pruned while a full table is trained',
  formula: 'E(i) = [T₁[i] m₁, …, T_K[i] m_K], m of highest u, u(t) = γ u(t − 1) + Σ ‖∂L / ∂E(i)_k‖',
  paper: {
    cite: 'Luo et al., Fine-Grained Embedding Dimension Optimization During Training for Recommender Systems, 2024',
    url: 'https://arxiv.org/abs/2401.04408',
  },
  departures: [
    {
      what: 'of the paper the abstract alone was read; of its rules the decayed utility of chunks is known, the schedule and all constants are ours',
      why: 'its text was not at hand, and there is no public code',
    },
    {
      what: 'a full table is trained with a mask; memory of pruned chunks is not used for others',
      why: 'the paper saves memory of training by virtually hashed tables, which would change what collides; here the served bytes count',
    },
    {
      what: 'lookups times gradients of a chunk are the sum of the norms of the gradients of its lookups',
      why: 'it is the same with the mean norm, and needs no sums by id',
    },
    {
      what: 'a pruned chunk goes on earning utility from the gradient at zero, and comes back at zero',
      why: 'the abstract says that dimensions change to and fro, not how',
    },
  ],
  family: 'pruning and search',
  cost: 'upkeep',
  options,
  plan(layer, { parts, decay, start, end, updates, form }) {
    return unlessFull(layer, ({ table, offsets }) => {
      const { fields, dim, budget } = layer;
      const shape = chunkShape(dim, parts);
      const chunks = countIds(fields) * shape.parts;
      const storing = (kept: number): StoredChunks => ({ chunks, kept, shape });
      const minBytes = chunkBytes(storing(1));
      if (minBytes > budget) return infeasible(minBytes, budget, 'one chunk');
      const kept = largestWithin(chunks, (kept) => chunkBytes(storing(kept)) <= budget);
      const stored = storing(kept);

      const utilityMap = idMap(chunks, 32, () => new Uint32Array(chunks));
      const keptMap = idMap(wordsOf(chunks), 32, () => new Uint32Array(wordsOf(chunks)).fill(0xffffffff));
      let utilities: DecayedUtilities | undefined;
      const begin = () => {
        keptMap.values.fill(0xffffffff);
        utilities = new DecayedUtilities(new Float32Array(utilityMap.values.buffer), decay);
      };
      const bitsOf = (ids: Uint32Array) => {
        const words = keptMap.values;
        const bits = new Uint32Array(ids.length * shape.parts);
        for (let at = 0, to = 0, f = 0; at < ids.length; at++) {
          const first = (offsets[f] + ids[at]) * shape.parts;
          for (let part = 0; part < shape.parts; part++) bits[to++] = isKept(words, first + part);
          if (++f === offsets.length) f = 0;
        }
        return bits;
      };
      const phases = (steps: number) => {
        const first = Math.floor(start * steps);
        return { first, last: Math.max(first + 1, Math.floor(end * steps)) };
      };
      /** Share of the way from all chunks to those that are served, after so many steps. */
      const progress = (done: number, steps: number) => {
        const { first, last } = phases(steps);
        return done <= first ? 0 : Math.min(1, (done - first) / (last - first));
      };
      const prunings = Math.max(1, Math.round(updates * (end - start)));

      return {
        tables: [table],
        maps: [utilityMap, keptMap],
        serving: {
          tables: [chunkTable(stored)],
          maps: idSetMaps({ ids: chunks, capacity: kept }),
          toldApart: { byField: fields.map(() => 0), anyField: Math.min(kept, countIds(fields)) },
        },
        choices: { share: kept / chunks },
        embed(lookup) {
          const { training } = lookup;
          const rows = lookup.rows(table, lookup.ids.plus(offsets));
          if (training?.reached(phases(training.steps).first) === false) return rows; // all chunks are kept
          const bits = (ids: Uint32Array) => {
            if (training?.index === 0) begin();
            return bitsOf(ids);
          };
          return maskChunks(rows, lookup.compute(bits, fields.length * shape.parts).toFloats(), shape);
        },
        memory: {
          read: (): Remembered => (utilities ? { scale: utilities.scale } : {}),
          write({ scale }) {
            if (scale === undefined) return;
            begin();
            utilities!.scale = scale as number;
          },
        },
        async afterStep(step) {
          if (step.index === 0) begin();
          const [before, now] = [step.index, step.index + 1].map((done) => progress(done, step.steps));
          if (before === 1 || utilities === undefined) return;
          utilities.next();
          addUtilities(utilities, step, await normsOf(step, shape), offsets, shape.parts);
          if (Math.floor(prunings * now) === Math.floor(prunings * before)) return;
          const count = now === 1 ? kept : Math.floor(chunks * keptShare(now, kept / chunks, form));
          const returned = keepBest(keptMap.values, utilities.scaled, Math.max(kept, count));
          await writeZeros(step, table, returned, shape);
        },
        async next(trained) {
          const chosen = topK(new Float32Array(utilityMap.values.buffer), kept);
          const plan = planChunks(layer, stored, chosen);
          const values = await valuesOf(trained, table, chosen, keptMap.values, shape);
          const contents = new Map([[plan.tables[0], values]]);
          return { plan: { ...plan, training: { share: 0 } }, contents, network: 'kept' };
        },
      };
    });
  },
};

/** Norms of the gradients of the chunks of each lookup, those of the summed loss: [batch * fields * parts]. */
async function normsOf({ gradients, batch }: Step, shape: ReturnType<typeof chunkShape>) {
  const norms = tf.tidy(() => tf.mul(chunkNorms(gradients[0].gradient, shape), batch));
  const values = await norms.data<'float32'>();
  norms.dispose();
  return values;
}

function addUtilities(
  utilities: DecayedUtilities,
  { ids, counted }: Step,
  norms: ArrayLike<number>,
  offsets: readonly number[],
  parts: number,
): void {
  for (let at = 0, f = 0; at < ids.length; at++) {
    const first = (offsets[f] + ids[at]) * parts;
    if (counted?.[at] !== 0)
      for (let part = 0; part < parts; part++) utilities.add(first + part, norms[at * parts + part]);
    if (++f === offsets.length) f = 0;
  }
}

const rowsAtOnce = 2 ** 16;

/** Chunks that come back are zero; what else is in their rows stays, and the optimizer knows the rows as before. */
async function writeZeros(
  step: Step,
  table: Table,
  chunks: readonly number[],
  { parts, width }: ReturnType<typeof chunkShape>,
): Promise<void> {
  const dim = table.width;
  const rowOf = (chunk: number) => Math.floor(chunk / parts);
  for (let from = 0; from < chunks.length;) {
    const rows: number[] = [];
    let to = from;
    for (; to < chunks.length; to++) {
      if (rows.at(-1) === rowOf(chunks[to])) continue;
      if (rows.length === rowsAtOnce) break;
      rows.push(rowOf(chunks[to]));
    }
    const numbers = Uint32Array.from(rows);
    const values = (await step.read(table, numbers)).slice();
    for (let row = 0; from < to; from++) {
      if (numbers[row] !== rowOf(chunks[from])) row++;
      const first = (chunks[from] % parts) * width;
      values.fill(0, row * dim + first, row * dim + Math.min(dim, first + width));
    }
    step.write(table, numbers, values, true);
  }
}

/** Floats of the chosen chunks, one after the other. A chunk that is masked, as training ended early, is zero. */
async function valuesOf(
  trained: Trained,
  table: Table,
  chosen: Uint32Array,
  kept: Uint32Array,
  { parts, width }: ReturnType<typeof chunkShape>,
): Promise<Float32Array> {
  const rows = await trained.rows(table);
  const values = new Float32Array(chosen.length * width);
  chosen.forEach((chunk, at) => {
    if (isKept(kept, chunk) === 0) return;
    const first = (chunk % parts) * width;
    const from = Math.floor(chunk / parts) * table.width + first;
    values.set(rows.subarray(from, from + Math.min(width, table.width - first)), at * width);
  });
  return values;
}
