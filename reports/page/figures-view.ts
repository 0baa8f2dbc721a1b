import { baseline } from '../../results/comparable.ts';
import { frequencyChart } from '../charts/frequency.ts';
import { learningChart, learningDomain } from '../charts/learning.ts';
import { qualityChart } from '../charts/quality.ts';
import { speedChart } from '../charts/speed.ts';
import { standingsChart } from '../charts/standings.ts';
import { throughputChart } from '../charts/throughput.ts';
import type { Claim } from '../claims.ts';
import { formatRatio } from '../format.ts';
import type { Series } from '../series.ts';
import type { CompletedRow } from '../summary.ts';
import { drawFigure, type Figure, type FigureInput } from './draw-figure.ts';

/** The charts of a comparison, drawn. */
export interface FiguresView {
  /** None where there is no baseline. */
  readonly standings: readonly Figure[];
  readonly quality: readonly Figure[];
  /** For training and inference, one per budget each. */
  readonly speed: readonly Figure[];
  readonly throughput: readonly Figure[];
  /** One per budget; empty where no run says how its scores depend on the frequency of ids. */
  readonly frequency: readonly Figure[];
  /** One per budget; empty where no run recorded a curve. */
  readonly learning: readonly Figure[];
}

/** All figures of a page number the series in one way, whichever they show. */
export async function figuresView(
  rows: readonly CompletedRow[],
  claims: readonly Claim[],
  id: string,
  series: ReadonlyMap<string, Series>,
): Promise<FiguresView> {
  const best = rows.map((row) => row.runs[0].quality.bestPossible).find((scores) => scores !== undefined);
  const draw = (name: string, title: string, specOf: FigureInput['specOf']) =>
    drawFigure({ name: `${id}-${name}`, title, variants: ['wide', 'narrow'], series, specOf });
  const named = rows.filter((row) => !row.series.quiet);
  return {
    standings: await standingsFigures(claims, id, series),
    quality: [
      await draw('auc', 'Test AUC (higher is better)', (width) =>
        qualityChart({ metric: 'auc', rows, bestPossible: best?.auc }, width),
      ),
      await draw('logloss', 'Test logloss (lower is better)', (width) =>
        qualityChart({ metric: 'logloss', rows, bestPossible: best?.logloss }, width),
      ),
    ],
    speed: await speedFigures(rows, id, series),
    throughput: [
      await draw('train', 'Training, samples per second', (width) =>
        throughputChart({ metric: 'trainSpeed', rows: named }, width),
      ),
      await draw('inference', 'Inference, samples per second', (width) =>
        throughputChart({ metric: 'inferenceSpeed', rows: named }, width),
      ),
    ],
    frequency: await frequencyFigures(rows, id, series),
    learning: await learningFigures(rows, id, series),
  };
}

/** Beside the claims. */
const standingsWidth = 430;

async function standingsFigures(
  claims: readonly Claim[],
  id: string,
  series: ReadonlyMap<string, Series>,
): Promise<Figure[]> {
  if (standingsChart(claims, 0) === undefined) return [];
  const title = 'Test AUC minus that of full';
  const specOf = (width: number) => standingsChart(claims, width)!;
  const variants = ['wide', 'narrow'] as const;
  return [
    await drawFigure({ name: `${id}-standings`, title, variants, wide: standingsWidth, series, specOf }),
  ];
}

const works = { train: 'trainSpeed', inference: 'inferenceSpeed' } as const;

async function speedFigures(
  rows: readonly CompletedRow[],
  id: string,
  series: ReadonlyMap<string, Series>,
): Promise<Figure[]> {
  const figures = [];
  for (const [work, metric] of Object.entries(works))
    for (const [index, budget] of budgetsOf(rows).entries()) {
      const shown = rows.filter((row) => isBaseline(row) || row.requested === budget);
      figures.push(
        await drawFigure({
          name: `${id}-auc-${work}-${index}`,
          title: `${work === 'train' ? 'Training' : 'Inference'} at ${formatRatio(budget)}`,
          variants: ['any'],
          series,
          specOf: (width) => speedChart({ metric, rows: shown }, width),
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
  const domain = learningDomain(drawn.filter((row) => !row.series.quiet));
  const figures = [];
  for (const [index, budget] of budgetsOf(drawn).entries()) {
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
  const full = rows.find(isBaseline);
  if (full === undefined) return [];
  const figures = [];
  for (const [index, budget] of budgetsOf(rows).entries()) {
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

function isBaseline({ series }: CompletedRow): boolean {
  return series.method === baseline;
}

/** Those of the compressed methods. */
function budgetsOf(rows: readonly CompletedRow[]): number[] {
  return [...new Set(rows.filter((row) => !isBaseline(row)).map((row) => row.requested))];
}
