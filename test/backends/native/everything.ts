import { createHash } from 'node:crypto';
import type { Addon } from '../../../backends/native/addon.ts';
import { none, optimizerRules } from '../../../harness/contract/backend.ts';
import { stepArguments } from '../../../backends/native/rows.ts';
import { updateRules } from '../../../harness/rules/index.ts';
import { stateFloats } from '../../../harness/rules/update-rule.ts';
import { normals as draw } from './numbers.ts';

const inputs = new Map<string, Float32Array>();

/** Drawn once: drawing takes longer than computing. */
function normals(length: number, seed: number): Float32Array {
  const key = `${length} ${seed}`;
  const found = inputs.get(key) ?? draw(length, seed);
  inputs.set(key, found);
  return found.slice();
}

/** A digest of what every kernel of the add-on computes, on inputs large enough to be cut into parts. */
export function everything(addon: Addon): Record<string, string> {
  const found: Record<string, string> = {};
  const keep = (name: string, ...arrays: Float32Array[]) => {
    const hash = createHash('sha256');
    for (const array of arrays) hash.update(array);
    found[name] = hash.digest('hex');
  };
  const outputs = (...lengths: number[]) => lengths.map((n) => new Float32Array(n));

  for (const [m, n, k] of [
    [257, 300, 300],
    [15, 513, 64],
    [700, 1, 259],
    [1, 700, 31],
  ]) {
    // prettier-ignore
    const [a, b, bias] = [normals(m * k, 1), normals(k * n, 2), normals(n, 3)];
    const [c, dx, dWeights, dBias, turned] = outputs(m * n, m * k, k * n, n, m * n);
    addon.matMul(a, b, c, m, n, k, false, false, bias, true);
    addon.denseGradInput(c, b, a, dx, m, k, n);
    addon.denseGradWeights(a, c, dWeights, dBias, m, k, n);
    keep(`dense ${m} ${n} ${k}`, c, dx, dWeights, dBias);
    addon.matMul(b, a, turned, n, m, k, true, true);
    keep(`transposed ${m} ${n} ${k}`, turned);
  }

  const [batch, fields, dim] = [301, 26, 16];
  const width = dim + (fields * (fields + 1)) / 2;
  const [x, vectors, dy] = [
    normals(batch * dim, 4),
    normals(batch * fields * dim, 5),
    normals(batch * width, 6),
  ];
  const [y, dx, dvectors] = outputs(batch * width, batch * dim, batch * fields * dim);
  addon.interact(x, vectors, y, batch, fields, dim);
  addon.interactGrad(x, vectors, dy, dx, dvectors, batch, fields, dim);
  keep('interaction', y);
  keep('interaction, gradient', dx, dvectors);

  const [samples, input, output] = [1301, 67, 45];
  const [kept, dz, through] = [
    normals(samples * input, 11),
    normals(samples * output, 12),
    normals(input * output, 13),
  ];
  const [scale, restored, dKept, dThrough, dOutput] = outputs(1, ...[samples, samples].map((n) => n * input), input * output, output); // prettier-ignore
  const words = new Int32Array(samples * Math.ceil(input / 8));
  addon.packRows(kept, words, scale, samples, input, 4, false);
  addon.unpackRows(words, scale[0], restored, samples, input, 4, false);
  addon.packedGradInput(dz, through, words, 4, dKept, samples, input, output);
  addon.packedGradWeights(words, scale[0], 4, false, dz, dThrough, dOutput, samples, input, output);
  keep('packed activations', scale, restored, dKept, dThrough, dOutput);

  const [inputs, estimated, sigma] = [normals(3 * input, 14), normals(3 * output, 15), normals(3, 16)];
  addon.streamGradient(kept, dz, inputs, estimated, sigma, samples, input, output, 3, 32);
  keep('stream of gradients', inputs, estimated, sigma);

  const [logits, labels] = [normals(5000, 7), normals(5000, 8).map((z) => Number(z > 0))];
  const [d] = outputs(5000);
  addon.crossEntropyGrad(logits, labels, 1, d, 5000);
  keep('cross-entropy', Float32Array.of(addon.crossEntropy(logits, labels, 5000)), d);

  for (const rule of optimizerRules) {
    const [rows, columns] = [3000, 17];
    const table = addon.createTable(rows, columns, columns, rule);
    addon.fillTable(table, 0, rows * columns, 0, 1, 9);
    const weights = normals(rows * columns, 10);
    const [gathered, all] = outputs(4000 * columns, rows * columns);
    const states = outputs(...stateFloats(updateRules[rule], rows, columns));
    for (let step = 1; step <= 3; step++) {
      const indices = Uint32Array.from({ length: 4000 }, (_, i) =>
        i % 13 === 0 ? none : (i * i * step) % (i % 2 === 0 ? rows : 20),
      );
      const gradients = [normals(4000 * columns, step), normals(4000 * columns, step + 1)];
      const constants = stepArguments(rule, 0.05, step);
      addon.updateTable(table, [indices, indices], gradients, ...constants);
      addon.gatherRows(table, indices, gathered);
      const distinct = Uint32Array.from({ length: rows }, (_, i) => (i * 7 ** step) % rows); // for 7 does not divide 3000
      addon.writeRows(table, distinct.subarray(0, 1100), gradients[0]);
      addon.copyRows(table, distinct.subarray(700, 1800), distinct.subarray(1800, 2900));
      addon.updateDense(weights, gradients[0].subarray(0, rows * columns), states, rows, columns, ...constants); // prettier-ignore
    }
    addon.readTable(table, 0, rows, all);
    keep(`table, ${rule}`, all, gathered);
    keep(`dense step, ${rule}`, weights, ...states);
    const [of, by, times] = [normals(3 * rows, 17), normals(3 * columns, 18), normals(3, 19)];
    addon.estimateStep(weights, of, by, times, states, rows, columns, 3, ...stepArguments(rule, 0.05, 4)); // prettier-ignore
    keep(`step by an estimate, ${rule}`, weights, ...states);
    addon.freeTable(table);
  }
  return found;
}
