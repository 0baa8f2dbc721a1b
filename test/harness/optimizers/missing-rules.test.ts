import * as tf from '../../../tensors/index.ts';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { missingRules } from '../../../backends/native/missing-rules.ts';
import { signatureOf } from '../../../backends/native/optimizer-rules.ts';
import { UserError } from '../../../base/user-error.ts';
import type { OpenBackend } from '../../../harness/contract/backend.ts';
import { HostRows } from '../../../harness/embedding/host-rows.ts';
import { requireRules } from '../../../harness/optimizers/missing-rules.ts';
import { optimizerRules, updateRules } from '../../../harness/rules/index.ts';
import { hashingTrick } from '../../../methods/hashing-trick.ts';
import { losses } from '../training/training-course.ts';

/** The cpu backend as one that has rows and a kernel of its own, which know no FTRL. */
let backend: OpenBackend;
/** The rules of its rows and of its kernel's calls. */
const seen: string[] = [];

beforeAll(async () => {
  backend = {
    ...(await cpu.open({})),
    lacksRules: ['ftrl'],
    createRows(table, rule, seed) {
      seen.push(`rows: ${rule}`);
      return new HostRows(table, rule, seed);
    },
  };
  tf.registerKernel({
    kernelName: 'OptimizerStep',
    backendName: 'cpu',
    kernelFunc: ({ attrs }) => {
      seen.push(`dense: ${attrs!.rule as string}`);
      return [];
    },
  });
});
beforeEach(() => seen.splice(0));
afterAll(() => tf.unregisterKernel('OptimizerStep', 'cpu'));

const course = { method: hashingTrick, ratio: 3, options: {} };

test("rows and dense weights of a rule that a backend lacks are the harness's, and it is said", async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const found = await losses(backend, course, 'ftrl', 5);
  expect(warn.mock.calls.flat().join()).toMatch(
    'lacks the optimizer ftrl: its rows are updated in this process',
  );
  warn.mockRestore();
  expect(seen).toEqual([]);
  expect(found[4]).toBeLessThan(found[0]);
  await losses(backend, course, 'adagrad', 1);
  expect(new Set(seen)).toEqual(new Set(['rows: adagrad', 'dense: adagrad']));
});

test('a measured run refuses that unless it was asked for', () => {
  const plan = { weights: [] };
  expect(() => requireRules(backend, 'ftrl', plan)).toThrow(UserError);
  expect(() => requireRules(backend, 'ftrl', plan)).toThrow('--host-rows');
  expect(() => requireRules(backend, 'ftrl', plan, true)).not.toThrow();
  expect(() => requireRules(backend, 'adam', plan)).not.toThrow();
  const weights = [
    { shape: [1], init: { mean: 0, halfWidth: 0 }, optimizer: { rule: 'ftrl', learningRate: 1 } },
  ] as const;
  expect(() => requireRules(backend, 'adam', { weights })).toThrow('lacks the optimizer ftrl');
});

test('rows in this process do not stand in where ids are on a device', async () => {
  const device = { ...backend, createIndices: () => expect.fail('no lookup is made') };
  await expect(losses(device, course, 'ftrl', 1)).rejects.toThrow('cannot read ids on a device');
});

test('an add-on built without a rule lacks it, and one built from another declaration is refused', () => {
  const all = optimizerRules.map((name) => signatureOf(updateRules[name]));
  expect(missingRules(all)).toEqual([]);
  expect(missingRules(all.slice(1))).toEqual([optimizerRules[0]]);
  const other = signatureOf({ ...updateRules.adam, states: [{ name: 'mean', per: 'row' }] });
  expect(() => missingRules([...all.slice(0, -2), other])).toThrow('npm run build:native');
});
