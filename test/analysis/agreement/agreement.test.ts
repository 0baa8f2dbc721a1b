import { expect, test } from 'vitest';
import { agreement } from '../../../analysis/agreement/agreement.ts';
import { analyze } from '../../../analysis/recording.ts';
import { completedRun, environment } from '../../reports/recordings.ts';

const names = ['uniform', 'robe', 'mixed-dimension', 'hashing-trick', 'bloom', 'dpq'];

/** A comparison in which the methods have these AUCs at 16x, and little noise. */
function judged(aucs: readonly number[], ratio = 16, methods = names) {
  const runs = methods.flatMap((method, m) =>
    [1, 2, 3, 4, 5].map((seed) =>
      completedRun({ method, ratio, seed, auc: aucs[m] + 1e-5 * ((seed * 7 + m * 3) % 5) }),
    ),
  );
  return analyze({ environment, runs }).comparisons[0];
}

const ladder = [0.7, 0.71, 0.72, 0.73, 0.74, 0.75];

test('two comparisons with the same order agree, and no pair is reversed', () => {
  const [one] = agreement(judged(ladder), judged(ladder.map((auc) => auc + 0.03)));
  expect(one).toMatchObject({ requested: 16, methods: 6, ceiling: 1, shown: 15, reversed: [] });
  expect(one.correlation!.value).toBe(1);
});

test('a pair that is shown one way and the other way is reversed, the first being better in the first comparison', () => {
  const swapped = ladder.with(0, 0.71).with(1, 0.7);
  const [one] = agreement(judged(ladder), judged(swapped));
  expect(one.reversed).toEqual([['robe', 'uniform']]);
  expect(agreement(judged(swapped), judged(ladder))[0].reversed).toEqual([['uniform', 'robe']]);
});

test('methods that one comparison lacks, and budgets that one lacks, are left out', () => {
  const fewer = judged(ladder.slice(1), 16, names.slice(1));
  expect(agreement(judged(ladder), fewer)[0]).toMatchObject({ methods: 5, shown: 10 });
  expect(agreement(judged(ladder), judged(ladder, 4))).toEqual([]);
});

test('a method with other options in the two is compared, and named', () => {
  const changed = analyze({
    environment,
    runs: names.flatMap((method, m) =>
      [1, 2, 3, 4, 5].map((seed) => ({ ...completedRun({ method, ratio: 16, seed, auc: ladder[m] + 1e-5 * seed }), options: method === 'robe' ? { hot: 0.3 } : {} })),
    ), // prettier-ignore
  }).comparisons[0];
  expect(agreement(judged(ladder), changed)[0]).toMatchObject({ methods: 6, otherOptions: ['robe'] });
  expect(agreement(judged(ladder), judged(ladder))[0].otherOptions).toEqual([]);
});

test('few methods have no correlation, and no ceiling', () => {
  const few = judged(ladder.slice(3), 16, names.slice(3));
  expect(agreement(few, few)[0]).toMatchObject({
    methods: 3,
    correlation: undefined,
    ceiling: undefined,
  });
});

test('differences that are not shown are in no count', () => {
  const equal = judged(Array<number>(6).fill(0.7));
  expect(agreement(judged(ladder), equal)[0]).toMatchObject({ shown: 0, reversed: [] });
});
