import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Random, random } from '../../../base/random.ts';
import type { Case, Conversion, FieldRecipe, RowOfTerm, Term } from '../../../harness/contract/conversion.ts';
import { idMap, type IdMap } from '../../../harness/contract/indices.ts';
import type { Storage, Table, Weight } from '../../../harness/contract/method.ts';
import { idSet, storedSet } from '../../../methods/shared/id-sets/id-set.ts';
import { idsFrom, openFile } from '../../../serving/compress/open-in-pieces.ts';
import type { ConvertedLayer } from '../../../serving/compress/write-tables.ts';
import { openTables } from '../../../serving/reader/open-tables.ts';
import { scratchOfFile } from '../../scratch-of-file.ts';
import { hasNumPy } from '../python.ts';
import { contentsOf, naiveVector } from './naive-recipes.ts';
import { type Asked, pythonVectors, relativeDifference, writeFolder } from './read-tables.ts';

/** Any recipe is a program that gives its vectors: those that no method makes, too. */

const scratch = scratchOfFile();
const init = { mean: 0, halfWidth: 0 };
/** Rows of every table, and members of every set at most. */
const [rows, numbers] = [260, 90];
const forms: readonly (Storage | undefined)[] = [
  undefined,
  undefined,
  { kind: 'fp16' },
  { kind: 'row-wise', bits: 4, range: 'min-max', block: 5 },
];

function randomLayer(stream: Random, named: string): ConvertedLayer {
  const below = (end: number) => Math.floor(stream.uniform() * end);
  const listOf = <T>(length: number, make: (i: number) => T) => Array.from({ length }, (_, i) => make(i));
  const floats = (length: number) => Float32Array.from({ length }, () => stream.normal());
  const dim = 1 + below(7);
  const maps: IdMap[] = [];

  const tables = listOf(1 + below(3), (): Table => {
    const stored = forms[below(forms.length)];
    return { width: 1 + below(dim + 2), parts: [{ rows, init }], ...(stored && { stored }) };
  });
  const weights = listOf(1 + below(2), (): Weight => ({ shape: [2, dim + 3, dim], init }));

  const rowOf = (): RowOfTerm => {
    const first = below(60);
    switch (below(5)) {
      case 0:
        return { first, add: 'nothing' };
      case 1:
        return { first, add: 'position' };
      case 2:
        return { first, add: 'block', block: 1 + below(9) };
      case 3:
        return { first, add: 'hash', seed: below(2 ** 32), rows: 1 + below(90) };
      default: {
        const [start, block] = [below(7), 1 + below(4)];
        const values = Uint32Array.from({ length: start + numbers }, () => below(30));
        maps.push(idMap(values.length, 5 + below(20), () => values));
        return { first, add: 'map', map: maps.length - 1, start, block };
      }
    }
  };
  const termOf = (): Term => {
    const weight = below(weights.length);
    if (below(4) === 0) return { weight, from: below(dim) };
    const isProduct = below(3) === 0;
    const matrix = { weight, from: below(dim) };
    return { table: below(tables.length), row: rowOf(), at: below(3) > 0 ? 0 : below(dim + 1), ...(isProduct && { matrix }) };
  }; // prettier-ignore
  const idsOf = (cardinality: number): Case['ids'] => {
    if (below(2) === 0) return { kind: 'below', end: below(cardinality + 2) };
    const offset = below(numbers - cardinality + 1);
    const members = Uint32Array.from([...Array(numbers).keys()].filter(() => below(3) === 0));
    const shape = { ids: numbers, capacity: below(4) === 0 ? numbers : members.length + below(3) };
    const set = storedSet(shape, maps.length);
    maps.push(...idSet(shape, () => members).maps);
    const kind = below(2) === 0 ? 'in' : 'outside';
    const before = [...Array(offset).keys()].filter(
      (one) => members.includes(one) === (kind === 'in'),
    ).length;
    return { kind, set, offset, first: below(2) * before };
  };
  const sources = listOf(1 + below(3), (i) => ({ name: `${named}.${i}`, rows: 1 + below(numbers - 20) }));
  const recipe = sources.map(({ rows }): FieldRecipe =>
    listOf(below(4), () => ({ ids: idsOf(rows), terms: listOf(below(4), termOf) })),
  );
  const conversion: Conversion = {
    plan: { tables, weights, maps, choices: {} },
    tables: new Map(tables.map((table) => {
      const pieces = [floats(100 * table.width), floats((rows - 100) * table.width)];
      return [table, () => pieces];
    })),
    weights: new Map(weights.map((weight) => [weight, floats(2 * (dim + 3) * dim)])),
    recipe,
  }; // prettier-ignore
  return { dim, sources, conversion };
}

test('programs of random recipes give what the recipes say, in all readers', () => {
  const asked: Asked[] = [];
  const expected: Float32Array[] = [];
  const stream = random(11);
  let [vectors, zeros] = [0, 0];
  for (let round = 0; round < 60; round++) {
    const folder = join(scratch, String(round));
    fs.mkdirSync(folder);
    const layers = [randomLayer(stream, 'a'), randomLayer(stream, 'b')];
    const written = writeFolder(folder, layers);
    const held = openTables(folder);
    const pieces = openFile(join(folder, 'model.safetensors'), written, 0);
    for (const { dim, sources, conversion } of layers) {
      const contents = contentsOf(dim, conversion);
      sources.forEach(({ name, rows }, i) => {
        const ids = idsFrom(0, rows);
        const naive = Float32Array.from([...ids].flatMap((id) => [...naiveVector(conversion.recipe[i], id, contents)])); // prettier-ignore
        const found = held.vectors(name, ids);
        expect(relativeDifference(naive, found), `${round} ${name}`).toBeLessThan(1e-6);
        expect(pieces.lookups.vectors(name, ids)).toEqual(found);
        asked.push([folder, name, [...ids]]);
        expected.push(naive);
        vectors += rows;
        for (const id of ids) if (naive.slice(id * dim, id * dim + dim).every((x) => x === 0)) zeros++;
      });
    }
    pieces.close();
  }
  expect(zeros / vectors).toBeGreaterThan(0.1);
  expect(zeros / vectors).toBeLessThan(0.6);
  if (!hasNumPy) return;
  pythonVectors(asked).forEach((found, i) =>
    expect(relativeDifference(expected[i], found), asked[i].slice(0, 2).join(' ')).toBeLessThan(2e-6),
  );
});
