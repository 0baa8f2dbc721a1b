import type { Batch, Data, Part } from '../harness/contract/data.ts';
import { permutation, random } from '../base/random.ts';

const rows = { train: 900, validation: 300, test: 300 };
const start = { train: 0, validation: rows.train, test: rows.train + rows.validation };

/** A log in memory whose clicks depend on the ids and one dense feature: something a model can learn in a few steps. */
export function smallData(seed = 1, cardinalities: readonly number[] = [3, 40, 200]): Data {
  const stream = random(seed);
  const width = cardinalities.length;
  const total = rows.train + rows.validation + rows.test;
  const effects = cardinalities.map((n) => Float32Array.from({ length: n }, () => stream.normal()));
  const dense = Float32Array.from({ length: total * 2 }, () => stream.uniform());
  const ids = Uint32Array.from({ length: total * width }, (_, i) =>
    Math.floor(cardinalities[i % width] * stream.uniform() ** 2),
  );
  const logits = Float32Array.from({ length: total }, (_, row) =>
    effects.reduce((sum, effect, f) => sum + effect[ids[row * width + f]], 2 * dense[row * 2] - 1),
  );
  const probabilities = logits.map((z) => 1 / (1 + Math.exp(-z)));
  const labels = Uint8Array.from(probabilities, (p) => (stream.uniform() < p ? 1 : 0));

  function* batches(
    part: Part,
    { batchSize, shuffle, from = 0 }: { batchSize: number; shuffle?: number; from?: number },
  ): Generator<Batch> {
    const count = Math.ceil(rows[part] / batchSize);
    const order =
      shuffle === undefined ? Uint32Array.from({ length: count }, (_, i) => i) : permutation(count, shuffle);
    for (const i of order.subarray(from)) {
      const size = Math.min(batchSize, rows[part] - i * batchSize);
      const first = start[part] + i * batchSize;
      yield {
        size,
        dense: dense.slice(first * 2, (first + size) * 2),
        ids: ids.slice(first * width, (first + size) * width),
        labels: Float32Array.from(labels.slice(first, first + size)),
      };
    }
  }

  const slice = (part: Part): [number, number] => [start[part], start[part] + rows[part]];
  return {
    name: 'small',
    protocol: 'temporal',
    fingerprint: `small-${seed}`,
    rows,
    denseFields: ['I1', 'I2'],
    fields: cardinalities.map((cardinality, f) => {
      const counts = new Uint32Array(cardinality);
      for (let row = 0; row < rows.train; row++) counts[ids[row * width + f]]++;
      return { name: `C${f + 1}`, cardinality, counts };
    }),
    batches,
    labels: (part) => labels.slice(...slice(part)),
    trueProbabilities: (part) => probabilities.slice(...slice(part)),
    close() {},
  };
}
