import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ftrl } from '../../../harness/rules/ftrl.ts';
import { rowsInJavaScript } from '../../../harness/rules/javascript.ts';
import type { UpdateRule } from '../../../harness/rules/update-rule.ts';

interface Numbers {
  readonly alpha: number;
  readonly beta: number;
  readonly l1: number;
  readonly l2: number;
}

/** The rule with other numbers than the defaults. */
function withNumbers({ alpha, beta, l1, l2 }: Numbers): UpdateRule {
  return { ...ftrl, numbers: () => ({ alpha, beta, l1, minusL1: -l1, l2 }) };
}

/** McMahan et al., KDD 2013, Algorithm 1, in doubles, for one weight. */
function algorithm1(gradients: readonly number[], { alpha, beta, l1, l2 }: Numbers, start = 0) {
  let [w, n] = [start, 0];
  let z = -start * (beta / alpha + l2);
  return gradients.map((g) => {
    const sigma = (Math.sqrt(n + g * g) - Math.sqrt(n)) / alpha;
    z += g - sigma * w;
    n += g * g;
    w = Math.abs(z) <= l1 ? 0 : -(z - Math.sign(z) * l1) / ((beta + Math.sqrt(n)) / alpha + l2);
    return { w, z, n };
  });
}

function steps(gradients: readonly number[], numbers: Numbers, start = 0) {
  const update = rowsInJavaScript(withNumbers(numbers));
  const weights = Float32Array.of(start);
  const state = [new Float32Array(1), new Float32Array(1)];
  return gradients.map((g, i) => {
    update(
      { weights, state, width: 1, rows: Uint32Array.of(0), gradients: Float32Array.of(g) },
      numbers.alpha,
      i + 1,
    );
    const [[w], [inner], [n]] = [weights, ...state];
    const slope = (numbers.beta + Math.sqrt(n)) / numbers.alpha + numbers.l2;
    return { w, z: inner - w * slope, n };
  });
}

const gradients = [0.5, -0.2, 0.1, 0.4];

test('four steps by hand, with l1 and l2', () => {
  const found = steps(gradients, { alpha: 0.1, beta: 1, l1: 0.3, l2: 1 });
  const expected = {
    w: [-0.0125, -0.000293836537, -0.006362819422, -0.028857059512],
    z: [0.5, 0.304814560089, 0.404841610906, 0.813145754582],
    n: [0.25, 0.29, 0.3, 0.46],
  };
  for (const [i, step] of found.entries())
    for (const name of ['w', 'z', 'n'] as const) expect(step[name]).toBeCloseTo(expected[name][i], 6);
});

test('without beta, l1 and l2 it is Adagrad without an epsilon', () => {
  const found = steps(gradients, { alpha: 0.1, beta: 0, l1: 0, l2: 0 });
  const adagrad = [-0.1, -0.062860932365, -0.081118350948, -0.14009513341];
  found.forEach(({ w }, i) => expect(w).toBeCloseTo(adagrad[i], 7));
});

test('weights within l1 are 0, and leave it', () => {
  const found = steps([0.2, -0.1, 0.3, 0.5], { alpha: 0.1, beta: 1, l1: 0.3, l2: 1 });
  expect(found.map(({ w }) => w === 0)).toEqual([true, true, false, false]);
});

test('a loss that is not a number shows in the weight', () => {
  expect(steps([0.1, NaN, 0.1], { alpha: 0.1, beta: 1, l1: 0.3, l2: 1 }).map(({ w }) => isNaN(w))).toEqual([
    false,
    true,
    true,
  ]);
});

test('it is Algorithm 1, whatever the weight starts at', () => {
  const numbers = fc.record({
    alpha: fc.constantFrom(0.01, 0.1, 1),
    beta: fc.constantFrom(0.1, 1),
    l1: fc.constantFrom(0, 0.001, 0.3),
    l2: fc.constantFrom(0, 1, 10),
  });
  const gradient = fc.integer({ min: -1000, max: 1000 }).map((g) => Math.fround(g / 500));
  const start = fc.constantFrom(0, 0.25, -0.125);
  fc.assert(
    fc.property(
      fc.array(gradient, { minLength: 1, maxLength: 20 }),
      numbers,
      start,
      (gradients, numbers, start) => {
        const expected = algorithm1(gradients, numbers, start);
        steps(gradients, numbers, start).forEach(({ w, z, n }, i) => {
          expect(n).toBeCloseTo(expected[i].n, 4);
          expect(Math.abs(z - expected[i].z)).toBeLessThan(1e-4 * Math.max(1, Math.abs(expected[i].z)));
          expect(w).toBeCloseTo(expected[i].w, 4);
        });
      },
    ),
  );
});
