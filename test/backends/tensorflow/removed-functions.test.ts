import util from 'node:util';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { restoreRemovedFunctions } from '../../../backends/tensorflow/removed-functions.ts';
import { root } from '../../scripts/run-script.ts';
import { describeTensorflow } from './describe-tensorflow.ts';

/** Node 23 removed functions of node:util that the package calls. */

const functions = util as unknown as Record<string, ((value: unknown) => boolean) | undefined>;
const names = ['isNullOrUndefined', 'isArray'];

test('functions that are missing are put back, others stay', () => {
  const before = names.map((name) => functions[name]);
  try {
    for (const name of names) delete functions[name];
    restoreRemovedFunctions();
    const [isNullOrUndefined, isArray] = names.map((name) => functions[name]!);
    expect([null, undefined, 0, ''].map(isNullOrUndefined)).toEqual([true, true, false, false]);
    expect([[], [1], {}, 'a'].map(isArray)).toEqual([true, true, false, false]);
    restoreRemovedFunctions();
    expect(functions.isNullOrUndefined).toBe(isNullOrUndefined);
  } finally {
    names.forEach((name, i) => (functions[name] = before[i]));
  }
});

describeTensorflow('without those functions', () => {
  test('a training step works', async () => {
    const program = `
      import util from 'node:util';
      for (const name of ${JSON.stringify(names)}) delete util[name];
      const { tensorflow } = await import('./backends/tensorflow/index.ts');
      const { trainALittle } = await import('./backends/tensorflow/set-up/training-step.ts');
      const losses = await trainALittle(await tensorflow.open({}), 3);
      console.log(losses.length, typeof util.isArray);`;
    const options = { cwd: root };
    const run = await execa('node', ['--import', 'tsx', '--input-type=module', '-e', program], options);
    expect(run.stdout).toBe('3 function');
  });
});
