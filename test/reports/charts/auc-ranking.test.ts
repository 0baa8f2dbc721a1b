import { describe, expect, it } from 'vitest';
import { aucRankingChart } from '../../../reports/charts/auc-ranking.ts';
import { analyze } from '../../../analysis/recording.ts';
import { isCompleted } from '../../../analysis/summary/rows.ts';
import { catalogueRecording, environment, plausibleRecording } from '../recordings.ts';

interface Layer {
  readonly data?: { readonly values: readonly Record<string, unknown>[] };
}

const { runs } = catalogueRecording();
const rankingsOf = (some: typeof runs) => analyze({ environment, runs: some }).comparisons[0].rankings;
const [{ rows, rankings: ranked }] = analyze({ environment, runs }).comparisons;
const { layer, data } = aucRankingChart(ranked, 430) as unknown as { layer: Layer[]; data: Layer['data'] };
const lists = [data!, ...layer.flatMap(({ data: own }) => own ?? [])].map(({ values }) => values);
// The lanes on green come first, then all lanes.
const lanes = lists.filter(([first]) => 'label' in first).at(-1)!;

describe('the chart beside the claims', () => {
  it('has a line for every named method and one for the others, at every budget', () => {
    const completed = rows.filter((row) => isCompleted(row) && row.change !== undefined);
    const named = completed.filter((row) => !row.series.muted);
    expect(lanes).toHaveLength(named.length + ranked.length);
    const others = lanes.map(({ label }) => /^(\d+) others?$/.exec(label as string)?.[1]);
    const counted = others.reduce((sum, count) => sum + Number(count ?? 0), 0);
    expect(counted).toBe(completed.length - named.length);
  });

  it('marks what is best or equivalent, and nothing else', () => {
    const marked = lanes.filter((lane) => lane.good === true);
    const good = ranked
      .flatMap(({ standings }) => [...standings])
      .filter(([row, { verdict }]) => !row.series.muted && ['best', 'equivalent'].includes(verdict));
    expect(marked.map(({ label }) => label).sort()).toEqual(good.map(([row]) => row.series.label).sort());
    expect(marked.length).toBeLessThan(lanes.length);
  });

  it('puts the best first, with the change and the interval of the table', () => {
    const best = ranked[0].leader!;
    const [first] = data!.values;
    const { value, error } = best.change!;
    expect(first).toMatchObject({ series: best.series.key, value: Number(value.toFixed(6)) });
    expect(first.high).toBeCloseTo(value + error!, 5);
  });

  it('needs the baseline', () => {
    const alone = runs.filter(({ method }) => method !== 'full');
    expect(aucRankingChart(rankingsOf(alone), 430)).toBeUndefined();
  });

  it('has no line of others where all are named', () => {
    const few = plausibleRecording().runs;
    const chart = aucRankingChart(rankingsOf(few), 430);
    expect(JSON.stringify(chart)).not.toContain('others');
  });
});
