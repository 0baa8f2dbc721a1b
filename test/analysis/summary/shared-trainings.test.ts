import { expect, test } from 'vitest';
import { secondsSaved, sharedTrainings } from '../../../analysis/summary/shared-trainings.ts';
import type { CompletedRun } from '../../../results/record.ts';
import { sharedLine } from '../../../scripts/results/shared-line.ts';
import { completedRun } from '../../reports/recordings.ts';

const stage = { name: 'training', seconds: 9, samples: 10, steps: 1 };

function run(method: string, shared?: { run: string; seconds: number }): CompletedRun {
  const record = completedRun({ method, ratio: 4, seed: 1, auc: 0.7 });
  return { ...record, id: method, stages: [{ ...stage, ...(shared && { shared }) }] };
}

const records = [
  run('full'),
  run('svd', { run: 'full', seconds: 5 }),
  run('leverage', { run: 'full', seconds: 5 }),
  run('mec', { run: 'of another recording', seconds: 40 }),
];

test('trainings are listed with who trained and who did not, those that saved most first', () => {
  const [first, second] = sharedTrainings(records);
  expect(first).toMatchObject({
    run: 'of another recording',
    by: undefined,
    seconds: 40,
    sharers: [{ id: 'mec' }],
  });
  expect(second).toMatchObject({
    run: 'full',
    by: { id: 'full' },
    sharers: [{ id: 'svd' }, { id: 'leverage' }],
  });
  expect(secondsSaved([first, second])).toBe(50);
});

test('a line tells of them, if there are any', () => {
  expect(sharedLine(records)).toEqual([
    'shared: 3 runs began with 2 trainings of others, bit by bit: 50 s of training saved',
  ]);
  expect(sharedLine([run('full')])).toEqual([]);
});
