import { baseline } from '../../results/comparable.ts';
import { learningChart, learningDomain } from '../charts/learning.ts';
import { qualityChart } from '../charts/quality.ts';
import { throughputChart } from '../charts/throughput.ts';
import { formatRatio } from '../format.ts';
import type { CompletedRow } from '../summary.ts';
import { drawFigure, type Figure } from './draw-figure.ts';

/** The charts of a comparison, drawn. */
export interface FiguresView {
  readonly quality: readonly Figure[];
  readonly throughput: readonly Figure[];
  /** One per budget; empty where no run recorded a curve. */
  readonly learning: readonly Figure[];
}

export async function figuresView(rows: readonly CompletedRow[], id: string): Promise<FiguresView> {
  const best = rows.map((row) => row.runs[0].quality.bestPossible).find((scores) => scores !== undefined);
  const both = ['wide', 'narrow'] as const;
  const named = rows.filter(({ series }) => !series.quiet);
  return {
    quality: [
      await drawFigure(`${id}-auc`, 'Test AUC (higher is better)', both, (width) =>
        qualityChart({ metric: 'auc', rows, bestPossible: best?.auc }, width),
      ),
      await drawFigure(`${id}-logloss`, 'Test logloss (lower is better)', both, (width) =>
        qualityChart({ metric: 'logloss', rows, bestPossible: best?.logloss }, width),
      ),
    ],
    throughput: [
      await drawFigure(`${id}-train`, 'Training, samples per second', both, (width) =>
        throughputChart({ metric: 'trainSpeed', rows: named }, width),
      ),
      await drawFigure(`${id}-inference`, 'Inference, samples per second', both, (width) =>
        throughputChart({ metric: 'inferenceSpeed', rows: named }, width),
      ),
    ],
    learning: await learningFigures(rows, id),
  };
}

async function learningFigures(rows: readonly CompletedRow[], id: string): Promise<Figure[]> {
  const drawn = rows.filter((row) => row.runs.some((run) => run.curve.length > 0));
  if (drawn.length === 0) return [];
  const domain = learningDomain(drawn.filter(({ series }) => !series.quiet));
  const isBaseline = (row: CompletedRow) => row.series.method === baseline;
  const budgets = [...new Set(drawn.filter((row) => !isBaseline(row)).map((row) => row.requested))];
  const figures = [];
  for (const [index, budget] of budgets.entries()) {
    const shown = drawn.filter((row) => isBaseline(row) || row.requested === budget);
    figures.push(
      await drawFigure(
        `${id}-learning-${index}`,
        `Training loss at ${formatRatio(budget)}`,
        ['any'],
        (width) => learningChart({ rows: shown, domain }, width),
      ),
    );
  }
  return figures;
}
