import { describe, expect, it } from 'vitest';
import { metrics } from '../../reports/metrics.ts';
import { columnsFor } from '../../reports/page/table-columns.ts';
import { seriesOf } from '../../reports/series.ts';
import { isCompleted, summarize } from '../../reports/summary.ts';
import { completedRun } from './recordings.ts';

/** What a number is of, in the words that stand beside it. */

describe('a report says', () => {
  it('that look-ups are ids, and all other speeds samples', () => {
    expect(metrics.lookupSpeed.meaning).toMatch(/^ids turned into vectors per second/);
    for (const name of ['trainSpeed', 'inferenceSpeed'] as const)
      expect(metrics[name].meaning).toMatch(/^samples per second/);
  });

  it('that training bytes are of the stage that holds most, which need not be the one that is served', () => {
    expect(metrics.trainingBytes.meaning).toContain('of the stage that holds most');
    expect(metrics.trainingBytes.meaning).not.toContain('serving');
  });

  it('which speed is of steps, and which time of all training', () => {
    const run = completedRun({ method: 'robe', ratio: 4, seed: 1, auc: 0.75 });
    const runs = [{ ...run, stages: [{ name: 'training', seconds: 2, samples: 10, steps: 1 }] }];
    const columns = columnsFor(summarize(runs, seriesOf(runs)).filter(isCompleted), []);
    const meaning = (label: string) => columns.find((column) => column.label === label)?.meaning;
    expect(meaning('Train step /s')).toContain('within the steps of training');
    expect(meaning('Train time')).toContain('all stages and what comes between them');
  });
});
