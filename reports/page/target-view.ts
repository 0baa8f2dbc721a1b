import type { AnalyzedComparison } from '../../analysis/recording.ts';
import {
  type FreeCompression,
  type TriedRatio,
  freeCompressions,
} from '../../analysis/targets/free-compression.ts';
import type { Series } from '../../analysis/summary/series.ts';
import type { Environment } from '../../results/environment.ts';
import { freeCompressionChart } from '../charts/free-compression.ts';
import { estimateText } from '../free-compression-text.ts';
import { formatChange, formatEstimate, formatMargin, formatRatio } from '../format.ts';
import { drawFigure, type Figure } from './draw-figure.ts';

/** The compression that is free for each method, as target.hbs reads it. */
export interface TargetView {
  readonly margin: string;
  /** The search in words. */
  readonly search: string;
  readonly figure: Figure;
  readonly rows: readonly {
    readonly label: string;
    readonly estimate: string;
    readonly shown: string;
    readonly costly: string;
    /** Every ratio that was trained, with its difference from full. */
    readonly tried: readonly { readonly ratio: string; readonly gap: string; readonly verdict: string }[];
  }[];
}

/** Undefined if the recording is of no search, or full did not complete. */
export async function targetView(
  comparison: Pick<AnalyzedComparison, 'rows' | 'noise'>,
  { target }: Environment,
  {
    id,
    series,
    margin,
  }: { readonly id: string; readonly series: ReadonlyMap<string, Series>; readonly margin: number },
): Promise<TargetView | undefined> {
  if (target === undefined) return undefined;
  const found = freeCompressions(comparison.rows, margin, comparison.noise.rows);
  if (found.length === 0) return undefined;
  return {
    margin: formatMargin(margin),
    search:
      `At most ${target.steps} ratios between ${formatRatio(target.least)} and ${formatRatio(target.most)} were trained for each method, ` +
      'halved on a logarithmic scale in the direction that validation AUC shows.',
    figure: await drawFigure({
      name: `${id}-free`,
      title: `Compression that costs at most ${formatMargin(margin)} of test AUC`,
      variants: ['wide', 'narrow'],
      series,
      specOf: (width) => freeCompressionChart(found, width),
    }),
    rows: found.map(rowOf),
  };
}

function rowOf(found: FreeCompression): TargetView['rows'][number] {
  const { series, shown, costly, tried } = found;
  return {
    label: series.label,
    estimate: estimateText(found),
    shown: shown > 1 ? formatRatio(shown) : 'none',
    costly: costly === undefined ? 'none' : formatRatio(costly),
    tried: tried.map(triedOf),
  };
}

function triedOf({ row, gap, verdict }: TriedRatio): TargetView['rows'][number]['tried'][number] {
  return { ratio: formatRatio(row.achieved), gap: formatEstimate(gap, formatChange), verdict };
}
