import { describe, expect, test } from 'vitest';
import { optimizerRules } from '../../../harness/contract/backend.ts';
import { optimizers } from '../../../harness/optimizers/index.ts';
import { stepArguments } from '../../../backends/native/rows.ts';
import { addon } from './addon.ts';
import { describeSets } from './describe-native.ts';
import { Guarded, normals } from './numbers.ts';

/** Dense steps against the rules' form on rows, which counts in doubles and has an oracle of its own. */
describeSets('an optimizer step on dense weights', (set) => {
  describe.each(optimizerRules)('%s', (rule) => {
    test.each([1, 3])('%i thread(s)', (threads) => {
      addon.configure(threads, set);
      for (const [rows, width] of [
        [1, 1],
        [1, 7],
        [3, 17],
        [1, 255],
        [33, 31],
        [5, 64],
        [257, 300],
      ]) {
        // prettier-ignore
        const weights = new Guarded(rows * width);
        weights.floats.set(normals(rows * width, 1));
        const expected = weights.floats.slice();
        const sizes = optimizers[rule].stateFloats(rows, width);
        const state = sizes.map((n) => new Guarded(n));
        for (const { floats } of state) floats.fill(0);
        const expectedState = sizes.map((n) => new Float32Array(n));
        for (let step = 1; step <= 4; step++) {
          const gradients = normals(rows * width, 10 * step).map((g) => g * [1, 1e-4, 100][step % 3]);
          const states = state.map(({ floats }) => floats);
          const given = stepArguments(rule, 0.05, step);
          addon.updateDense(weights.floats, gradients, states, rows, width, ...given);
          const every = Uint32Array.from({ length: rows }, (_, i) => i);
          const update = { weights: expected, state: expectedState, width, rows: every, gradients };
          optimizers[rule].updateRows(update, 0.05, step);
          expect(furthest(weights.floats, expected), `${rows} x ${width}, step ${step}`).toBeLessThan(2e-6);
          state.forEach(({ floats }, i) => expect(furthest(floats, expectedState[i])).toBeLessThan(2e-6));
        }
        expect([weights, ...state].every(({ intact }) => intact)).toBe(true);
      }
    });
  });
});

/** Relative to 1, or to the number where that is larger. */
function furthest(found: Float32Array, expected: Float32Array): number {
  return found.reduce(
    (most, x, i) => Math.max(most, Math.abs(x - expected[i]) / Math.max(1, Math.abs(expected[i]))),
    0,
  );
}
