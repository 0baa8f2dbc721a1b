import { expect, test } from 'vitest';
import { SweepProgress, toldInTurn } from '../../scripts/progress/sweep-progress.ts';
import { expand } from '../../suites/job.ts';
import { completedRun, failedRun } from '../reports/recordings.ts';
import { someSettings } from '../suites/settings.ts';

const [full, md, hash, other] = expand(someSettings, 'f');
const record = completedRun({ method: 'full', ratio: 1, seed: 1, auc: 0.7 });

/** A sweep, and its clock. */
function sweep() {
  const clock = { seconds: 100 };
  return { clock, sweep: new SweepProgress(false, () => clock.seconds) };
}

test('time left goes by what this command has carried out', () => {
  const { clock, sweep: one } = sweep();
  one.expect(5);
  one.skipped(full, record);
  expect([one.fraction, one.secondsLeft]).toEqual([0.2, undefined]);
  one.started(md);
  clock.seconds += 10;
  one.progress(md, { samples: 50, total: 100 });
  expect(one.fraction).toBeCloseTo(1.5 / 5, 12);
  expect(one.secondsLeft).toBeCloseTo(70, 10); // half a run took 10 s; three and a half are left
  one.finished(md, failedRun({ method: 'md', ratio: 4, seed: 1 }));
  clock.seconds += 10;
  expect(one.secondsLeft).toBeCloseTo(60, 10);
  expect(one.state()).toMatchObject({ total: 5, earlier: 1, running: [], seconds: 20 });
  expect(one.state().finished.map(({ title }) => title)).toEqual([
    'mixed-dimension 4x seed 1',
    'full 1x seed 1',
  ]);
});

test('a rate is since the first news of a stage; a curve goes on over stages', () => {
  const { clock, sweep: one } = sweep();
  const [a, b] = [{ samples: 50, loss: 0.6 }, { samples: 150, loss: 0.5 }]; // prettier-ignore
  one.expect(1);
  one.started(md);
  one.progress(md, { samples: 10, total: 100 });
  clock.seconds += 2;
  one.progress(md, { samples: 50, total: 100, points: [a] });
  expect(one.rate).toBe(20);
  one.progress(md, { samples: 5, total: 100 });
  clock.seconds += 1;
  one.progress(md, { samples: 50, total: 100, points: [b] });
  expect(one.rate).toBe(45);
  expect(one.state().running).toMatchObject([{ curve: [a, b], fraction: 0.5, seconds: 3, slot: 0 }]);
});

test('a running one keeps its number', () => {
  const { sweep: one } = sweep();
  for (const job of [full, md, hash]) one.started(job);
  one.finished(md, record);
  one.started(other);
  expect(one.state().running.map(({ slot }) => slot)).toEqual([0, 2, 1]);
});

test('several are told the same, in turn', () => {
  const told: string[] = [];
  const tell = (name: string) => ({
    expect: () => void told.push(`${name} expect`),
    ...{ skipped() {}, progress() {}, finished() {} },
    started: () => void told.push(`${name} started`),
  });
  const both = toldInTurn(tell('a'), tell('b'));
  both.expect(3);
  both.started(full);
  expect(told).toEqual(['a expect', 'b expect', 'a started', 'b started']);
});
