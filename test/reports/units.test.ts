import { describe, expect, it } from 'vitest';
import { metricText } from '../../reports/metric-text.ts';
import { columnsFor } from '../../reports/page/table-columns.ts';
import { seriesOf } from '../../analysis/summary/series.ts';
import { isCompleted } from '../../analysis/summary/rows.ts';
import { summarize } from '../../analysis/summary/summary.ts';
import { stagesText } from '../../reports/training-time-text.ts';
import { completedRun } from './recordings.ts';

/** The quantity that a number stands for, in the words beside it. */

describe('a report says', () => {
  it('that lookups are ids, and all other speeds samples', () => {
    expect(metricText.lookupSpeed.meaning).toMatch(/^ids turned into vectors per second/);
    for (const name of ['trainSpeed', 'inferenceSpeed'] as const)
      expect(metricText[name].meaning).toMatch(/^samples per second/);
  });

  it('that training bytes are of the stage that holds most, which need not be the one that is served', () => {
    expect(metricText.trainingBytes.meaning).toContain('in the stage that holds most');
    expect(metricText.trainingBytes.meaning).not.toContain('serving');
  });

  it('which speed is of steps, and which time of all training', () => {
    const run = completedRun({ method: 'robe', ratio: 4, seed: 1, auc: 0.75 });
    const runs = [{ ...run, stages: [{ name: 'training', seconds: 2, samples: 10, steps: 1 }] }];
    const columns = columnsFor(summarize(runs, seriesOf(runs)).filter(isCompleted), []);
    const meaning = (label: string) => columns.find((column) => column.label === label)?.meaning;
    expect(meaning('Train step /s')).toContain('within the steps of training');
    expect(meaning('Train time')).toContain('all stages and what comes between them');
    expect(meaning('Train time')).not.toContain('trained for several');
    const shared = { run: 'another', seconds: 2 };
    const given = [{ ...run, stages: [{ name: 'training', seconds: 2, samples: 10, steps: 1, shared }] }];
    const [told] = columnsFor(summarize(given, seriesOf(given)).filter(isCompleted), []).filter(
      ({ label }) => label === 'Train time',
    );
    expect(told.meaning).toContain('a stage that one run trained for several counts for each of them');
    expect(stagesText(given[0])).toBe('training 2.0 s (1 steps; trained once, by another run)');
  });
});
