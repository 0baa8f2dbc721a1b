import * as tf from '../../../tensors/index.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { native } from '../../../backends/native/index.ts';
import { wasm } from '../../../backends/wasm/index.ts';
import { random } from '../../../base/random.ts';
import { binaryCrossEntropy } from '../../../harness/ops/binary-cross-entropy.ts';
import { joinFields } from '../../../harness/ops/join-fields.ts';
import { dotInteraction } from '../../../harness/ops/dot-interaction.ts';
import { mlp } from '../../../harness/ops/mlp.ts';
import { checkOp, type OpCase as Case } from './checked-op.ts';

/** Each op against its definition in doubles, and its gradient against finite differences of that definition. */

const dense = (batch: number, widths: number[], last: 'relu' | 'linear'): Case => ({
  name: `mlp ${batch} x ${widths.join(' -> ')}, ${last}`,
  shapes: [[batch, widths[0]], ...widths.slice(1).flatMap((out, i) => [[widths[i], out], [out]])],
  op: (x, ...parameters) => {
    const layers = widths.slice(1).map((_, i) => ({
      weights: parameters[2 * i] as tf.Tensor2D,
      bias: parameters[2 * i + 1] as tf.Tensor1D,
    }));
    return mlp(x as tf.Tensor2D, layers, last, 'activations');
  },
  definition: (x, ...parameters) =>
    widths.slice(1).reduce((x, output, layer) => {
      const [w, b] = parameters.slice(2 * layer);
      const input = widths[layer];
      return Array.from({ length: batch * output }, (_, i) => {
        const [row, column] = [Math.floor(i / output), i % output];
        let z = b[column];
        for (let k = 0; k < input; k++) z += x[row * input + k] * w[k * output + column];
        return layer < widths.length - 2 || last === 'relu' ? Math.max(0, z) : z;
      });
    }, x),
});

const interaction = (batch: number, fields: number, dim: number): Case => ({
  name: `dot interaction of ${batch} x ${fields} x ${dim}`,
  shapes: [
    [batch, dim],
    [batch, fields, dim],
  ],
  op: (x, vectors) => dotInteraction(x as tf.Tensor2D, vectors as tf.Tensor3D),
  definition: (x, vectors) =>
    Array.from({ length: batch }, (_, sample) => {
      const own = x.slice(sample * dim, (sample + 1) * dim);
      const all = [
        own,
        ...Array.from({ length: fields }, (_, f) => {
          const first = (sample * fields + f) * dim;
          return vectors.slice(first, first + dim);
        }),
      ];
      const pairs = all.flatMap((a, i) =>
        all.slice(0, i).map((b) => a.reduce((sum, v, k) => sum + v * b[k], 0)),
      );
      return [...own, ...pairs];
    }).flat(),
});

/** groups: the fields of the members, and the width, which is projected unless it is `dim`. */
const join = (
  name: string,
  batch: number,
  fields: number,
  dim: number,
  groups: { of: number[]; width: number }[],
): Case => ({
  name: `join ${name}`,
  shapes: groups.flatMap(({ of, width }) => [
    [batch, of.length, width],
    ...(width === dim ? [] : [[of.length, width, dim]]),
  ]),
  op: (...inputs) => {
    let next = 0;
    return joinFields(
      groups.map(({ of, width }) => ({
        fields: of,
        vectors: inputs[next++] as tf.Tensor3D,
        ...(width === dim ? {} : { matrices: inputs[next++] as tf.Tensor3D }),
      })),
      fields,
      dim,
    );
  },
  definition: (...inputs) => {
    const result = new Array<number>(batch * fields * dim).fill(0);
    let next = 0;
    for (const { of, width } of groups) {
      const x = inputs[next++];
      const matrices = width === dim ? undefined : inputs[next++];
      for (let sample = 0; sample < batch; sample++)
        of.forEach((field, member) => {
          for (let j = 0; j < dim; j++) {
            const to = (sample * fields + field) * dim + j;
            const from = (sample * of.length + member) * width;
            if (matrices === undefined) result[to] += x[from + j];
            else
              for (let k = 0; k < width; k++)
                result[to] += x[from + k] * matrices[(member * width + k) * dim + j];
          }
        });
    }
    return result;
  },
});

const cases: Case[] = [
  dense(5, [4, 3], 'relu'),
  dense(1, [1, 1], 'linear'),
  dense(7, [13, 9, 5, 2], 'linear'),
  dense(15, [3, 17, 33], 'relu'),
  interaction(3, 5, 4),
  interaction(1, 1, 1),
  interaction(2, 17, 19),
  join('of one group with matrices', 4, 3, 5, [{ of: [0, 1, 2], width: 2 }]),
  join('of one group, out of order', 2, 4, 3, [{ of: [2, 0, 3, 1], width: 3 }]),
  join('of several groups', 3, 4, 5, [
    { of: [3, 0], width: 5 },
    { of: [1], width: 1 },
    { of: [2], width: 7 },
  ]),
  join('of blocks: several members to a field, none to another', 2, 3, 4, [
    { of: [0, 2, 0], width: 4 },
    { of: [2, 0], width: 3 },
  ]),
  join('of wide vectors', 5, 2, 18, [
    { of: [1, 0], width: 17 },
    { of: [0], width: 33 },
  ]),
  join('of a single float', 1, 1, 1, [{ of: [0], width: 1 }]),
  {
    name: 'binary cross-entropy',
    shapes: [[6]],
    op: (z) => binaryCrossEntropy(z as tf.Tensor1D, tf.tensor1d([1, 0, 1, 0, 0, 1])),
    definition: (z) => [
      z.reduce((sum, x, i) => sum + Math.log(1 + Math.exp([1, 0, 1, 0, 0, 1][i] ? -x : x)), 0) / 6,
    ],
  },
];

describe.each([cpu, wasm, native])('on $name', (backend) => {
  beforeAll(async () => {
    await backend.open({});
  });

  test.each(cases)('$name', checkOp);

  test('the loss of extreme log-odds is finite and right', () => {
    const loss = (z: number, y: number) =>
      binaryCrossEntropy(tf.tensor1d([z]), tf.tensor1d([y])).dataSync()[0];
    expect(loss(100, 1)).toBeCloseTo(0, 30);
    expect(loss(100, 0)).toBe(100);
    expect(loss(-1000, 1)).toBe(1000);
    expect(loss(0, 1)).toBeCloseTo(Math.LN2, 6);
  });

  test('products with every transposition, single and batched, agree with their definition', () => {
    const stream = random(5);
    for (const [products, m, k, n] of [
      [1, 3, 4, 5],
      [1, 1, 1, 1],
      [3, 2, 5, 4],
      [2, 70, 50, 60],
    ])
      // prettier-ignore
      for (const transposeA of [false, true])
        for (const transposeB of [false, true]) {
          const a = Float32Array.from({ length: products * m * k }, () => stream.normal());
          const b = Float32Array.from({ length: products * k * n }, () => stream.normal());
          const product = tf.matMul(
            tf.tensor(a, transposeA ? [products, k, m] : [products, m, k]),
            tf.tensor(b, transposeB ? [products, n, k] : [products, k, n]),
            transposeA,
            transposeB,
          );
          const found = product.dataSync();
          for (let p = 0; p < products; p++)
            for (let i = 0; i < m; i += 7)
              for (let j = 0; j < n; j += 3) {
                let sum = 0;
                for (let q = 0; q < k; q++)
                  sum +=
                    a[p * m * k + (transposeA ? q * m + i : i * k + q)] *
                    b[p * k * n + (transposeB ? j * k + q : q * n + j)];
                expect(found[(p * m + i) * n + j]).toBeCloseTo(sum, 3);
              }
        }
  });
});
