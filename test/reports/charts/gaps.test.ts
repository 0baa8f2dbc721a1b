import { describe, expect, it } from 'vitest';
import { analyze } from '../../../analysis/recording.ts';
import { baselineRow } from '../../../analysis/summary/rows.ts';
import { gapDomain, gapLanes, gapsChart } from '../../../reports/charts/gaps.ts';
import { catalogueRecording } from '../recordings.ts';

const [{ rows, rankings }] = analyze(catalogueRecording()).comparisons;
const ranking = rankings[2];
const full = baselineRow(rows)!;
const lanes = gapLanes(ranking, [
  { row: full, label: 'full', gap: { value: -0.01, error: 0.002, count: 3 } },
]);

interface Layer {
  readonly mark: { readonly type: string; readonly fill?: string };
  readonly data: { readonly values: readonly Record<string, unknown>[] };
}
const layersOf = (domain: readonly [number, number]) =>
  (gapsChart({ lanes, margin: 0.001, domain }, 540) as unknown as { layer: Layer[] }).layer;

describe('the differences to the leader', () => {
  it('have a lane for every method with a number and every reference, the highest AUC first', () => {
    expect(lanes).toHaveLength(2 + ranking.rivals.length);
    const aucs = lanes.map(({ row }) => row.estimates.auc.value);
    expect(aucs).toEqual(aucs.toSorted((a, b) => b - a));
    expect(lanes.find(({ kind }) => kind === 'reference')!.gap!.value).toBe(0.01);
    for (const { row, kind, gap } of lanes.filter((lane) => ranking.rivals.includes(lane.row))) {
      const standing = ranking.standings.get(row)!;
      expect([kind, gap!.value, gap!.error]).toEqual([standing.verdict, -standing.gap!.value, standing.gap!.error]); // prettier-ignore
    }
  });

  it('fill what is worse in grey and leave the undecided hollow; the margin is a band', () => {
    const layers = layersOf([-1, 1]);
    const filledWith = (fill: string) =>
      layers.flatMap(({ mark, data }) => (mark.type === 'point' && mark.fill === fill ? data.values : []));
    const kinds = (fill: string) => [...new Set(filledWith(fill).map(({ kind }) => kind))];
    expect(kinds('var(--series-rest)')).toEqual(['worse']);
    for (const kind of kinds('var(--page)')) expect(['undecided', 'leader']).toContain(kind);
    expect(layers[0].data.values).toEqual([{ from: -0.001, to: 0.001 }]);
  });

  it('cut nothing without a word: what lies beyond the frame has an arrow, and its number', () => {
    const [low] = gapDomain(lanes, 0.001);
    for (const { kind, gap } of lanes)
      if (kind !== 'worse') expect(gap!.value - (gap!.error ?? 0)).toBeGreaterThanOrEqual(low);
    const far = lanes.filter(({ gap }) => gap!.value < -0.01);
    expect(far.length).toBeGreaterThan(0);
    const arrows = layersOf([-0.01, 0.02]).flatMap(({ data }) => data.values.filter((one) => one.cut === true && one.beyond === true)); // prettier-ignore
    expect(new Set(arrows.map(({ label }) => label)).size).toBe(far.length);
    for (const { far: text } of arrows) expect(text).toMatch(/^◂ −0\.\d{4}$/);
  });

  it('end a long name with … on a narrow page, where the frame would cut off its beginning', () => {
    const long = lanes.map((lane) => ({ ...lane, label: `adaptive-low-precision-${lane.label}` }));
    const spec = gapsChart({ lanes: long, margin: 0.001, domain: [-0.01, 0.01] }, 342) as unknown as { layer: Layer[]; padding: { left: number } }; // prettier-ignore
    const labels = spec.layer.flatMap(({ mark, data }) => (mark.type === 'text' ? data.values : [])).map(({ label }) => label as string); // prettier-ignore
    expect(labels.length).toBeGreaterThan(0);
    for (const label of labels) {
      expect(label).toMatch(/^adaptive-low.*…$/);
      expect(label.length * 7.2).toBeLessThanOrEqual(spec.padding.left);
    }
  });
});
