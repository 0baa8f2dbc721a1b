import * as tf from '../../../tensors/index.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openWith } from '../../../backends/native/index.ts';
import type { OpenBackend } from '../../../harness/contract/backend.ts';
import { idMap } from '../../../harness/contract/indices.ts';
import type { Lookup, Plan, RowGroup, Table, VectorGroup, Weight } from '../../../harness/contract/method.ts';
import { Embedding } from '../../../harness/embedding/embedding.ts';
import { joinRows } from '../../../harness/ops/join-rows.ts';
import { loadServing, saveServing } from '../../../harness/serving/served-layer.ts';
import { addon } from './addon.ts';
import { describeSets } from './describe-native.ts';
import { normals } from './numbers.ts';

/** Rows put together at once, against the composition of look-ups and joinFields on the same backend: the same bits. */

const dims = fc.constantFrom(1, 3, 8, 16, 21, 32);
const groupCase = fc.record({
  kind: fc.constantFrom('rows', 'projected', 'pieces', 'codes', 'vectors', 'short'),
  members: fc.array(fc.nat(4), { minLength: 1, maxLength: 6 }),
  width: fc.integer({ min: 1, max: 20 }),
  pieces: fc.integer({ min: 1, max: 9 }),
  rows: fc.integer({ min: 1, max: 40 }),
});
type GroupCase = typeof groupCase extends fc.Arbitrary<infer T> ? T : never;

const init = { mean: 0.1, halfWidth: 1 };
const fields = 5;
const ids = 60;

interface Made {
  readonly tables: readonly Table[];
  readonly weights: readonly Weight[];
  readonly group: (lookup: Lookup) => RowGroup | VectorGroup;
}

function make({ kind, members, width, pieces, rows }: GroupCase, dim: number, stored: Table['stored']): Made {
  const of = kind === 'rows' || kind === 'vectors' ? dim : kind === 'short' ? Math.min(width, dim) : width;
  const table: Table = { width: of, parts: [{ rows, init }], ...(stored && { stored }) };
  const count = kind === 'pieces' || kind === 'codes' ? pieces : 1;
  const spread = members.flatMap((field) => Array.from({ length: count }, () => field));
  const seeds = spread.map((_, i) => i + 1);
  const most = spread.map((_, i) => (i % 3 === 0 ? Math.ceil(rows / 2) : rows)); // others are in no row
  const weight: Weight = { shape: [members.length, of, dim], init };
  const map = idMap(ids + 7, 8, () =>
    Uint32Array.from({ length: ids + 7 }, (_, i) => (i * 7) % Math.ceil(rows / 2)),
  );
  const starts = spread.map((_, i) => i % 7);
  const offsets = spread.map((_, i) => i % Math.max(1, Math.floor(rows / 2)));
  const codePieces = spread.map((_, i) => ({ map, start: starts[i], offset: offsets[i] }));
  const ends = members.map((_, i) => (i % 2 === 0 ? ids : ids / 2));
  const zeros = members.map(() => 0);
  return {
    tables: [table],
    weights: kind === 'projected' ? [weight] : [],
    group(lookup) {
      const indices = lookup.ids.pick(spread).hash(seeds).mod(rows).within(0, most);
      switch (kind) {
        case 'vectors':
          return { vectors: tf.mul(lookup.rows(table, indices), 2), fields: members };
        case 'projected':
          return { table, indices, matrices: lookup.weight(weight) as tf.Tensor3D, fields: members };
        case 'codes': {
          const positions = lookup.ids.pick(members).within(zeros, ends);
          const each = lookup.ids.pick(spread).within(
            0,
            spread.map((_, i) => ends[Math.floor(i / count)]),
          );
          const rowsOf = each.plus(starts).through(map).plus(offsets);
          return { table, indices: rowsOf, pieces: count, codes: { positions, pieces: codePieces }, fields: members }; // prettier-ignore
        }
        case 'rows':
        case 'short':
        case 'pieces':
          return { table, indices, pieces: count, fields: members };
      }
    },
  };
}

const turned = <G extends RowGroup | VectorGroup>(group: G): G => ({
  ...group,
  fields: group.fields.toReversed(),
});

describeSets('rows put together at once', (set) => {
  const planOf = (cases: readonly GroupCase[], dim: number, stored?: Table['stored']) => {
    const made = cases.map((one) => make(one, dim, stored));
    const plan: Plan = {
      tables: made.flatMap(({ tables }) => tables),
      weights: made.flatMap(({ weights }) => weights),
      choices: {},
      // The first group comes again at the end, for other fields: rows that are looked up twice sum their gradients in an order.
      embed: (lookup) => joinRows(lookup, [...made.map(({ group }) => group(lookup)), turned(made[0].group(lookup))], fields, dim), // prettier-ignore
    };
    return plan;
  };
  const apart = (backend: OpenBackend): OpenBackend => ({ ...backend, joinedRows: undefined });

  test('give the vectors, gradients and updated rows that they give one after the other', async () => {
    const backend = await openWith(addon, 2, { instructionSet: set });
    await fc.assert(
      fc.asyncProperty(
        fc.array(groupCase, { minLength: 1, maxLength: 4 }),
        dims,
        fc.constantFrom(1, 7, 70),
        async (cases, dim, batch) => {
          const plan = planOf(cases, dim);
          const batchIds = Uint32Array.from({ length: batch * fields }, (_, i) => (i * 7919) % ids);
          const slopes = tf.tensor3d(normals(batch * fields * dim, 3), [batch, fields, dim]);
          const results: Float32Array[][] = [];
          for (const one of [apart(backend), backend]) {
            const embedding = new Embedding(plan, one, 'adagrad', 5);
            const found = tf.tidy(() => {
              let vectors: Float32Array;
              const { grads } = tf.variableGrads(() => {
                const joined = embedding.embed(batchIds, batch, fields, { index: 0, steps: 1 });
                vectors = joined.dataSync<'float32'>().slice();
                return tf.sum(tf.mul(joined, slopes));
              }, [...embedding.variables]);
              embedding.update(0.1);
              const own = embedding.variables.filter(({ name }) => name !== embedding.anchor.name);
              return [vectors!, ...own.map(({ name }) => grads[name].dataSync<'float32'>().slice())];
            });
            for (const table of plan.tables)
              found.push(await embedding.rowsOf(table).read(0, table.parts[0].rows));
            results.push(found);
            embedding.dispose();
          }
          slopes.dispose();
          expect(results[1]).toEqual(results[0]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('give the same of stored rows', async () => {
    const backend = await openWith(addon, 2, { instructionSet: set });
    const forms = fc.constantFrom<NonNullable<Table['stored']>>(
      { kind: 'fp16' },
      { kind: 'row-wise', bits: 4, range: 'min-max' },
      { kind: 'fp8', element: 'e4m3', scaled: true },
      { kind: 'mx', element: 'e3m2', block: 32 },
      { kind: 'nf4', block: 64, scales: 'double' },
      { kind: 'grid', bits: 5, step: 0.1 },
      { kind: 'sparse', nonZeros: 1 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(groupCase, { minLength: 1, maxLength: 3 }),
        dims,
        forms,
        async (cases, dim, form) => {
          const plain = cases.map((one) =>
            one.kind === 'codes' ? { ...one, kind: 'pieces' as const } : one,
          );
          const plan = planOf(plain, dim, form);
          const embedding = new Embedding(plan, backend, 'sgd', 5);
          const saved = await saveServing(embedding);
          const batchIds = Uint32Array.from({ length: 33 * fields }, (_, i) => (i * 7919) % ids);
          const [expected, found] = [apart(backend), backend].map((one) => {
            const served = loadServing(plan, saved, one);
            const vectors = tf.tidy(() => served.embed(batchIds, 33, fields).dataSync<'float32'>().slice());
            served.dispose();
            return vectors;
          });
          embedding.dispose();
          expect(found).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
  });
});
