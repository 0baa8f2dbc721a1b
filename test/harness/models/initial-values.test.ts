import { beforeAll, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { findModel } from '../../../suites/find-model.ts';

/** Networks begin with the deviations that their files and docs/models.md name: nothing else would tell another start from it. */

beforeAll(() => cpu.open({}));

const shape = { denseFields: 20, fields: 10, dim: 10 };
/** Numbers of x_0: all coordinates, and those of a deep part beside terms of first order. */
const [all, deep] = [120, 110];

/** The deviation of a matrix between layers of these sizes. */
const glorot = (inputs: number, outputs: number) => Math.sqrt(2 / (inputs + outputs));
/** The deviations of an MLP's weights and biases, as DLRM's reference code has them. */
const mlp = (...widths: number[]) =>
  widths.slice(1).flatMap((out, i) => [glorot(widths[i], out), Math.sqrt(1 / out)]);

test.each([
  ['linear', {}, [0, 0]],
  ['fm', {}, [0, 0, 0.01]],
  ['fm', { dense: 'linear' }, [0, 0]],
  ['wide-deep', { hidden: '80-60' }, [0, ...mlp(deep, 80, 60, 1)]],
  ['deepfm', { hidden: '80-60' }, [0, 0.01, ...mlp(deep, 80, 60, 1)]],
  ['dcn', { cross: 9, hidden: '80' }, [glorot(all, 1), 0, ...mlp(all, 80), glorot(all + 80, 1), 0]],
  ['dcn-v2', { cross: 1, hidden: '80' }, [glorot(all, all), 0, ...mlp(all, 80), glorot(all + 80, 1), 0]],
  [
    'dcn-v2',
    { cross: 1, rank: 30, hidden: '80' },
    [glorot(all, 30), glorot(30, all), 0, ...mlp(all, 80), glorot(all + 80, 1), 0],
  ],
  [
    // Experts lie side by side in matrices, and each begins as if it were alone.
    'dcn-v2',
    { cross: 1, rank: 30, experts: 3, hidden: '80' },
    [
      ...[
        glorot(all, 3),
        glorot(all, 30),
        glorot(30, 30),
        glorot(30, 30),
        glorot(30, 30),
        glorot(30, all),
        0,
      ],
      ...[...mlp(all, 80), glorot(all + 80, 1), 0],
    ],
  ],
  [
    'finalmlp',
    { first: '80', second: '60' },
    [...mlp(all, 80), ...mlp(all, 60), glorot(80, 60), 0, glorot(80, 1), 0],
  ],
  ['dlrm', { bottom: '90', top: '80' }, [...mlp(20, 90, 10), ...mlp(10 + 55, 80, 1)]],
] as const)('%s %o', (name, options, deviations) => {
  const model = findModel(name);
  const network = model.build({ ...shape, dim: model.width ?? 10 }, model.options.parse(options), 3);
  const found = network.variables.map((variable) => {
    const values = [...variable.dataSync<'float32'>()];
    variable.dispose();
    return values;
  });
  expect(found).toHaveLength(deviations.length);
  found.forEach((values, v) => {
    const squares = values.reduce((sum, x) => sum + x * x, 0) / values.length;
    const expected = deviations[v] ** 2;
    // A mean of n squares of normal numbers deviates by sqrt(2 / n) of itself.
    expect(Math.abs(squares - expected), `variable ${v}`).toBeLessThanOrEqual(
      5 * expected * Math.sqrt(2 / values.length),
    );
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThanOrEqual((5 * deviations[v]) / Math.sqrt(values.length));
  });
});
