import {
  type CompletedRow,
  type SummaryRow,
  baselineRow,
  bestPossible,
  budgetsOf,
  isBaseline,
  isCompleted,
} from '../../analysis/summary/rows.ts';
import type { Series } from '../../analysis/summary/series.ts';
import { gapToReference } from '../../analysis/decisions/linear-would-do.ts';
import { linearAt } from '../../analysis/references/against-linear.ts';
import type { ReferenceRow } from '../../analysis/references/reference-rows.ts';
import type { BudgetRanking } from '../../analysis/verdicts/ranking.ts';
import { gapDomain, gapLanes, gapRoom, gapsChart } from '../charts/gaps.ts';
import { frequencyChart } from '../charts/frequency.ts';
import { learningChart, learningDomain } from '../charts/learning.ts';
import { qualityChart } from '../charts/quality.ts';
import { speedChart, timedIn } from '../charts/speed.ts';
import { throughputChart } from '../charts/throughput.ts';
import { formatRatio } from '../format.ts';
import { drawFigure, type Figure, type FigureInput } from './draw-figure.ts';

/** The charts of a comparison, drawn. */
export interface FiguresView {
  /** The differences to the leader, a figure per budget. */
  readonly gaps: readonly Figure[];
  readonly quality: readonly Figure[];
  /** Training and inference, one figure per budget each; none where no speed is known. */
  readonly speed: readonly Figure[];
  readonly throughput: readonly Figure[];
  /** One per budget; empty if no run records how its scores depend on the frequency of ids. */
  readonly frequency: readonly Figure[];
  /** One per budget; empty if no run recorded a curve. */
  readonly learning: readonly Figure[];
}

/** The figures stand beside the decisions, if they have few lines. */
const besideWidth = 430;
const besideLines = 36;

/** True if the figures of the differences are no taller than the decisions. */
export function hasFewLines(rankings: readonly BudgetRanking[]): boolean {
  return rankings.reduce((count, { rivals }) => count + 3 + rivals.length, 0) <= besideLines;
}

interface ReferencesBeside {
  readonly rows: readonly CompletedRow[];
  readonly references: readonly ReferenceRow[];
  readonly few: boolean;
}

/**
 * All figures of a page number the series in the same way, also where they show a part of them. `byBudget`: false to leave out figures of
 * which there is one for each budget.
 */
export async function figuresView(
  rows: readonly CompletedRow[],
  rankings: readonly BudgetRanking[],
  id: string,
  series: ReadonlyMap<string, Series>,
  references: readonly ReferenceRow[] = [],
  { byBudget = true }: { readonly byBudget?: boolean } = {},
): Promise<FiguresView> {
  const best = bestPossible(rows);
  const draw = (name: string, title: string, specOf: FigureInput['specOf']) =>
    drawFigure({ name: `${id}-${name}`, title, variants: ['wide', 'narrow'], series, specOf });
  const named = rows.filter((row) => !row.series.muted);
  return {
    gaps: await gapFigures(rankings, id, series, { rows, references, few: hasFewLines(rankings) }),
    quality: [
      await draw('auc', 'Test AUC (higher is better)', (width) =>
        qualityChart({ metric: 'auc', rows, bestPossible: best?.auc, references }, width),
      ),
      await draw('logloss', 'Test logloss (lower is better)', (width) =>
        qualityChart({ metric: 'logloss', rows, bestPossible: best?.logloss, references }, width),
      ),
    ],
    speed: byBudget ? await speedFigures(rows, id, series) : [],
    throughput:
      timedIn(named, 'trainSpeed').length === 0
        ? []
        : [
            await draw('train', 'Training, samples per second', (width) =>
              throughputChart({ metric: 'trainSpeed', rows: named }, width),
            ),
            await draw('inference', 'Inference, samples per second', (width) =>
              throughputChart({ metric: 'inferenceSpeed', rows: named }, width),
            ),
          ],
    frequency: byBudget ? await frequencyFigures(rows, id, series) : [],
    learning: byBudget ? await learningFigures(rows, id, series) : [],
  };
}

async function gapFigures(
  rankings: readonly BudgetRanking[],
  id: string,
  series: ReadonlyMap<string, Series>,
  beside: ReferencesBeside,
): Promise<Figure[]> {
  const shown = rankings.filter(({ leader, rivals }) => leader !== undefined && rivals.length > 0);
  if (shown.length === 0) return [];
  const { margin } = shown[0];
  const lanes = shown.map((ranking) => gapLanes(ranking, referencesAt(ranking, beside)));
  const domain = gapDomain(lanes.flat(), margin);
  const room = gapRoom(lanes.flat());
  const figures = [];
  for (const [index, { requested, leader }] of shown.entries())
    figures.push(
      await drawFigure({
        name: `${id}-gaps-${index}`,
        title: `${formatRatio(requested)}: test AUC minus that of ${leader!.series.label}`,
        variants: ['wide', 'narrow'],
        ...(beside.few && { wide: besideWidth }),
        series,
        specOf: (width) => gapsChart({ lanes: lanes[index], margin, domain, room }, width),
      }),
    );
  return figures;
}

/** The references that stand beside a budget: the uncompressed tables, the linear model that fits, the dense features alone. */
export function referencesAt(
  ranking: BudgetRanking,
  { rows, references }: Pick<ReferencesBeside, 'references'> & { readonly rows: readonly SummaryRow[] },
): Parameters<typeof gapLanes>[1] {
  const full = baselineRow(rows);
  const linear = linearAt({ rows, references }, ranking.requested);
  const dense = references.find(({ kind }) => kind === 'dense')?.row;
  const beside = [full, linear, dense].filter((row) => row !== undefined).filter(isCompleted);
  return beside.map((row) => ({
    row,
    label: row === linear ? row.runs[0].model : row.series.label,
    gap: gapToReference(ranking, row, beside.length),
  }));
}

const works = { train: 'trainSpeed', inference: 'inferenceSpeed' } as const;

async function speedFigures(
  rows: readonly CompletedRow[],
  id: string,
  series: ReadonlyMap<string, Series>,
): Promise<Figure[]> {
  const figures = [];
  for (const [work, metric] of Object.entries(works))
    for (const [index, budget] of methodBudgets(timedIn(rows, metric)).entries()) {
      const shown = rows.filter((row) => isBaseline(row) || row.requested === budget);
      figures.push(
        await drawFigure({
          name: `${id}-auc-${work}-${index}`,
          title: `${work === 'train' ? 'Training' : 'Inference'} at ${formatRatio(budget)}`,
          variants: ['wide', 'narrow'],
          series,
          specOf: (width) => speedChart({ metric, rows: shown, among: rows }, width),
        }),
      );
    }
  return figures;
}

async function learningFigures(
  rows: readonly CompletedRow[],
  id: string,
  series: ReadonlyMap<string, Series>,
): Promise<Figure[]> {
  const drawn = rows.filter((row) => row.runs.some((run) => run.curve.length > 0));
  if (drawn.length === 0) return [];
  const domain = learningDomain(drawn.filter((row) => !row.series.muted));
  const figures = [];
  for (const [index, budget] of methodBudgets(drawn).entries()) {
    const shown = drawn.filter((row) => isBaseline(row) || row.requested === budget);
    figures.push(
      await drawFigure({
        name: `${id}-learning-${index}`,
        title: `Training loss at ${formatRatio(budget)}`,
        variants: ['any'],
        series,
        specOf: (width) => learningChart({ rows: shown, domain }, width),
      }),
    );
  }
  return figures;
}

async function frequencyFigures(
  rows: readonly CompletedRow[],
  id: string,
  series: ReadonlyMap<string, Series>,
): Promise<Figure[]> {
  const full = baselineRow(rows);
  if (full === undefined) return [];
  const figures = [];
  for (const [index, budget] of methodBudgets(rows).entries()) {
    const input = { rows: rows.filter((row) => row.requested === budget), full };
    if (frequencyChart(input, 0) === undefined) continue;
    figures.push(
      await drawFigure({
        name: `${id}-frequency-${index}`,
        title: `Change of AUC at ${formatRatio(budget)}`,
        variants: ['any'],
        series,
        specOf: (width) => frequencyChart(input, width)!,
      }),
    );
  }
  return figures;
}

/** The budgets of all methods but the baseline. */
function methodBudgets(rows: readonly CompletedRow[]): number[] {
  return budgetsOf(rows.filter((row) => !isBaseline(row)));
}
