import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import type { ModelShape } from '../../../harness/contract/model.ts';
import { matrixProducts } from '../../../harness/measuring/matrix-products.ts';
import { findModel } from '../../../suites/find-model.ts';

/** Parameters of every network, from formulas worked out by hand and from logs of another benchmark. */

beforeAll(() => cpu.open({}));

function floatsOf(name: string, options: Record<string, unknown>, shape: ModelShape): number {
  const model = findModel(name);
  const network = model.build(shape, model.options.parse(options), 1);
  const floats = network.variables.reduce((sum, { size }) => sum + size, 0);
  for (const { weights, bias } of network.layers) {
    expect(network.variables).toContain(weights);
    if (bias !== undefined) expect(network.variables).toContain(bias);
  }
  expect(matrixProducts(network.layers, 1).length > 0).toBe(model.withoutLayers !== true);
  network.variables.forEach((variable) => variable.dispose());
  return floats;
}

/** Criteo's columns. A model with terms of first order has a float more of each id, so that its deep part sees 16. */
const criteo = (dim: number): ModelShape => ({ denseFields: 13, fields: 26, dim });

test.each([
  ['lr', {}, 1, 14],
  ['fm', {}, 17, 222],
  ['fm', { dense: 'linear' }, 17, 14],
  ['wdl', {}, 17, 176_142],
  ['deepfm', { dense: 'linear' }, 17, 176_142],
  ['deepfm', { hidden: '400-400-400', dense: 'linear' }, 17, 493_214],
  ['deepfm', {}, 17, 176_142 + 13 * 16],
  ['dcn', {}, 16, 179_132],
  ['dcnv2', {}, 16, 729_968],
  ['dcn-v2', { rank: 64 }, 16, 3 * (2 * 429 * 64 + 429) + 175_872 + 686],
  ['dcn-v2', { rank: 64, experts: 1 }, 16, 355_298],
  ['dcn-v2', { rank: 32, experts: 4 }, 16, 521_321],
  ['dcn-v2', { structure: 'stacked' }, 16, 729_968 - 429],
  ['finalmlp', {}, 16, 504_801],
  ['dlrm', {}, 16, 475_985],
] as const)('%s %o has %i floats: %i', (name, options, dim, floats) => {
  expect(floatsOf(name, options, criteo(dim))).toBe(floats);
});

/**
 * Criteo_x1 of BARS (openbenchmark.github.io/BARS): 2,086,303 ids, and 13 dense features that have a vector each, which is what a
 * field of one id has. DLRM alone takes them as numbers. Its logs print the parameters of a whole model; batch normalization has
 * two for each unit of a hidden layer.
 */
describe('with the tables of BARS, the totals of its logs', () => {
  const ids = 2_086_303;
  const embedded = (dim: number): ModelShape => ({ denseFields: 0, fields: 39, dim });
  const wide = { hidden: '400-400-400' };
  const normalized = (layers: number) => 2 * layers * 400;

  test.each([
    ['lr', {}, 1, 0, 2_086_317],
    ['fm', {}, 11, 0, 22_949_477],
    ['wide-deep', wide, 11, normalized(3), 23_429_477],
    ['dcn', wide, 10, 0, 21_343_491],
    ['dcn-v2', { hidden: '500-500-500' }, 10, 0, 22_018_021],
  ] as const)('%s', (name, options, dim, others, total) => {
    expect((ids + 13) * dim + floatsOf(name, options, embedded(dim)) + others).toBe(total);
  });

  test('dlrm', () => {
    const options = { bottom: '400-400-400', top: '400-400-400' };
    expect(ids * 10 + floatsOf('dlrm', options, criteo(10)) + normalized(6)).toBe(21_664_241);
  });
});
