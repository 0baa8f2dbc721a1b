import type { TopLevelSpec } from 'vega-lite';
import type { Estimate } from '../../analysis/statistics/estimates.ts';
import type { CompletedRow } from '../../analysis/summary/rows.ts';
import type { BudgetRanking, Verdict } from '../../analysis/verdicts/ranking.ts';
import { formatChange, formatEstimate } from '../format.ts';
import { changeAxis, digits } from './axes.ts';
import { labelRoom, shortLabel } from './label-room.ts';
import { rowText } from './row-text.ts';
import { tooltip } from './tooltip.ts';

const rowStep = 15;
/** Pixels between a label and the frame. */
const labelGap = 8;
/** The range reaches so many times as far as intervals usually do. */
const widest = 4;

/** A row of the chart: a method of the budget, or a reference that competes for none. */
export interface GapLane {
  readonly row: CompletedRow;
  readonly label: string;
  readonly kind: Verdict | 'leader' | 'reference';
  /** The standing in words, where it is not that of its kind. */
  readonly words?: string;
  /** AUC minus the leader's, with the interval that holds for all at once. Undefined without a common seed. */
  readonly gap: Estimate | undefined;
}

export interface GapsInput {
  readonly lanes: readonly GapLane[];
  readonly margin: number;
  /** The same for all budgets of a comparison. */
  readonly domain: readonly [low: number, high: number];
  /** Pixels of the widest label of all budgets: their zeros stand below each other. */
  readonly room?: number;
}

/** The lanes of a budget, the highest AUC first; references stand at their places. `others` come with AUC of the leader minus theirs. */
export function gapLanes(
  { leader, rivals, standings }: BudgetRanking,
  others: readonly {
    readonly row: CompletedRow;
    readonly label: string;
    readonly gap: Estimate | undefined;
  }[],
): GapLane[] {
  if (leader === undefined) return [];
  const { verdict } = standings.get(leader)!;
  const lanes: GapLane[] = [
    {
      row: leader,
      label: leader.series.label,
      kind: verdict === 'best' || verdict === 'equivalent' ? verdict : 'leader',
      gap: { value: 0, error: undefined, count: leader.runs.length },
    },
    ...rivals.map((row) => {
      const { verdict: kind, gap } = standings.get(row)!;
      return { row, label: row.series.label, kind, gap: reversed(gap) };
    }),
    ...others.map(({ gap, ...one }) => ({ ...one, kind: 'reference' as const, gap: reversed(gap) })),
  ];
  return lanes.sort((a, b) => b.row.estimates.auc.value - a.row.estimates.auc.value);
}

/**
 * The range of differences that all budgets share: the intervals of all that are not worse, up to four times the usual, and those of
 * the worse as far as they are not much deeper. What lies beyond has an arrow and its number.
 */
export function gapDomain(lanes: readonly GapLane[], margin: number): [low: number, high: number] {
  const endsOf = (some: readonly GapLane[]) =>
    some.flatMap(({ gap }) =>
      gap === undefined ? [] : [gap.value - (gap.error ?? 0), gap.value + (gap.error ?? 0)],
    );
  const ends = endsOf(lanes.filter(({ kind }) => kind !== 'worse'));
  // One method whose seeds differ widely would push all others together.
  const lengths = (ends.length === 0 ? [margin] : ends.map(Math.abs)).toSorted((a, b) => a - b);
  const reach = widest * lengths[lengths.length >> 1];
  const near = ends.map((end) => Math.min(Math.max(end, -reach), reach));
  const [low, high] = [Math.min(-2 * margin, ...near), Math.max(2 * margin, ...near)];
  const deep = Math.min(low, ...endsOf(lanes));
  const room = (high - low) * 0.04;
  return [Math.max(deep, 1.8 * low) - room, high + room];
}

/** Pixels that the labels of lanes take. */
export function gapRoom(lanes: readonly GapLane[]): number {
  return labelRoom(lanes.map(({ label }) => label));
}

/**
 * The difference of every method of a budget to the leader, with intervals that hold for all at once, and the margin as a band.
 * Filled green: best or equivalent; hollow: undecided; filled grey: worse; diamond: a reference.
 */
export function gapsChart(
  { lanes, margin, domain, room = gapRoom(lanes) }: GapsInput,
  width: number,
): TopLevelSpec {
  const padding = {
    left: Math.min(room + labelGap, width * 0.46),
    ...{ right: 24, top: 2, bottom: 24 },
  };
  const plotWidth = width - padding.left - padding.right;
  const height = lanes.length * rowStep;
  const marks = lanes.map((lane, i) => ({
    ...markOf(lane, (i + 0.5) * rowStep, domain),
    label: shortLabel(lane.label, padding.left - labelGap),
  }));
  const y = { field: 'y', type: 'quantitative', scale: { domain: [height, 0], nice: false }, axis: null };
  const x = changeAxis(domain, 4, { labelFlush: true });
  const inside = marks.filter((mark) => !mark.beyond);
  const points = (kinds: readonly GapLane['kind'][], look: object) => ({
    data: { values: inside.filter(({ kind }) => kinds.includes(kind)) },
    mark: { type: 'point', size: 46, opacity: 1, strokeWidth: 1.6, ...look },
    encoding: { x, ...tooltip },
  });
  const rules = (kinds: readonly GapLane['kind'][], look: object) => ({
    data: {
      values: inside.filter(({ kind, low, high }) => kinds.includes(kind) && (low ?? 0) < (high ?? 0)),
    },
    mark: { type: 'rule', strokeWidth: 1.5, clip: true, ...look },
    encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' } },
  });
  const good: readonly GapLane['kind'][] = ['best', 'equivalent'];
  const open: readonly GapLane['kind'][] = ['undecided', 'unjudged', 'leader'];
  const spec = {
    width: plotWidth,
    height,
    padding,
    autosize: 'none',
    data: { values: marks },
    encoding: { y },
    layer: [
      {
        data: { values: [{ from: -margin, to: margin }] },
        mark: { type: 'rect', fill: 'var(--front)' },
        encoding: { x: { ...x, field: 'from' }, x2: { field: 'to' }, y: { value: 0 }, y2: { value: height } },
      },
      {
        data: { values: [{ value: 0 }] },
        mark: { type: 'rule', stroke: 'var(--series-full)', strokeWidth: 1 },
        encoding: { x, y: { value: 0 }, y2: { value: height } },
      },
      rules(['worse'], { stroke: 'var(--series-rest)' }),
      rules(open, { stroke: 'var(--control)' }),
      rules(good, { stroke: 'var(--good-ink)' }),
      rules(['reference'], { stroke: 'var(--accent)', strokeDash: [2, 2] }),
      points(['worse'], { filled: true, fill: 'var(--series-rest)' }),
      points(open, { fill: 'var(--page)', stroke: 'var(--ink)' }),
      points(good, { filled: true, fill: 'var(--good-ink)' }),
      points(['reference'], { filled: true, fill: 'var(--accent)', shape: 'diamond', size: 60 }),
      {
        data: { values: marks.filter(({ cut }) => cut) },
        mark: { type: 'text', align: 'left', baseline: 'middle', fill: 'var(--muted)', fontSize: 11 },
        encoding: { x: { value: 0 }, text: { field: 'far' }, ...tooltip },
      },
      {
        data: { values: marks.filter(({ cutRight }) => cutRight).map((mark) => ({ ...mark, far: '▸' })) },
        mark: { type: 'text', align: 'left', baseline: 'middle', fill: 'var(--muted)', fontSize: 11 },
        encoding: { x: { value: plotWidth + 2 }, text: { field: 'far' } },
      },
      {
        data: { values: marks.filter(({ kind }) => kind !== 'reference') },
        mark: { type: 'text', align: 'right', baseline: 'middle', limit: 1000 },
        encoding: { x: { value: -labelGap }, text: { field: 'label' } },
      },
      {
        data: { values: marks.filter(({ kind }) => kind === 'reference') },
        mark: { type: 'text', align: 'right', baseline: 'middle', limit: 1000, fontStyle: 'italic', fill: 'var(--accent)' }, // prettier-ignore
        encoding: { x: { value: -labelGap }, text: { field: 'label' } },
      },
    ].filter(({ data }) => data.values.length > 0),
  };
  return spec as unknown as TopLevelSpec;
}

function reversed(gap: Estimate | undefined): Estimate | undefined {
  return gap && { ...gap, value: -gap.value };
}

const kindWords: Readonly<Record<GapLane['kind'], string>> = {
  best: 'best: all others are shown to be worse',
  leader: 'ahead, not shown to be the best',
  equivalent: 'equivalent to the best',
  undecided: 'undecided',
  worse: 'worse',
  unjudged: 'no verdict',
  reference: 'reference, competes for no budget',
};

function markOf(
  { row, kind, gap, words = kindWords[kind] }: GapLane,
  y: number,
  [lowest, highest]: readonly [number, number],
) {
  const { value, error = 0 } = gap ?? { value: Number.NaN };
  const beyond = !(value >= lowest);
  return {
    series: row.series.key,
    ...{ y, kind, beyond },
    far: !beyond ? '◂' : gap === undefined ? 'no common seed' : `◂ ${formatChange(value)}`,
    cut: beyond || value - error < lowest,
    cutRight: value + error > highest,
    ...(beyond ? {} : { value: digits(value), low: digits(value - error), high: digits(value + error) }),
    description: rowText(row, [
      ...(gap === undefined ? [] : [`Difference ${formatEstimate(gap, formatChange)}`]),
      words,
    ]),
  };
}
