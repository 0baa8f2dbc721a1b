/** The part beyond pairs: effects of (class of an id, class of another, sign of a factor) that no sum over pairs can express. */
import { deriveSeed, mix32 } from '../../../base/hash.ts';
import { random } from '../../../base/random.ts';
import { categoryColumns } from '../columns.ts';
import { headProbabilities } from '../zipf.ts';
import { lawOf } from './fields.ts';
import { classCount } from './parts.ts';

/** Adds a triple to a block of rows; the sign is that of the observed factor less its median. */
export function addTriple(fields: readonly [string, string], seed: number, scale: number) {
  const [a, b] = fields.map((name) => classes(name, seed, scale));
  const stream = random(deriveSeed(seed, 'triple', ...fields));
  const cells = Float64Array.from({ length: classCount ** 2 }, () => stream.normal());
  centre(cells, a.masses, b.masses);
  return (
    idsA: Int32Array,
    idsB: Int32Array,
    observed: Float64Array,
    median: number,
    size: number,
    sums: Float64Array,
  ): void => {
    for (let row = 0; row < size; row++) {
      const effect = cells[a.classOf(idsA[row]) * classCount + b.classOf(idsB[row])];
      sums[row] += observed[row] > median ? effect : -effect;
    }
  };
}

/** The classes of a field's ids and the probability of each. */
function classes(name: string, seed: number, scale: number) {
  const column = categoryColumns.find((column) => column.name === name)!;
  const key = deriveSeed(seed, 'class', name);
  const classOf = (id: number) => mix32(id ^ key) % classCount;
  const masses = new Float64Array(classCount);
  let rest = 1 - column.missing;
  for (const [id, probability] of headProbabilities(lawOf(column, scale)).entries()) {
    const mass = probability * (1 - column.missing);
    masses[classOf(id)] += mass;
    rest -= mass;
  }
  masses[classOf(-1)] += column.missing;
  for (let k = 0; k < classCount; k++) masses[k] += rest / classCount;
  return { classOf, masses };
}

/** Subtracts the means of rows and columns under the classes' masses, so that neither class alone has an effect. */
function centre(cells: Float64Array, a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < classCount; i++) {
    let mean = 0;
    for (let j = 0; j < classCount; j++) mean += b[j] * cells[i * classCount + j];
    for (let j = 0; j < classCount; j++) cells[i * classCount + j] -= mean;
  }
  for (let j = 0; j < classCount; j++) {
    let mean = 0;
    for (let i = 0; i < classCount; i++) mean += a[i] * cells[i * classCount + j];
    for (let i = 0; i < classCount; i++) cells[i * classCount + j] -= mean;
  }
}
