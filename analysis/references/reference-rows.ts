import { countedFullBytes } from '../../results/counted-bytes.ts';
import type { RunRecord } from '../../results/record.ts';
import { baseline, type Comparison } from '../comparisons/comparable.ts';
import { seriesKey } from '../comparisons/series-key.ts';
import { type SummaryRow, baselineRow, isCompleted } from '../summary/rows.ts';
import type { Series } from '../summary/series.ts';
import { summarize, type Summarizing } from '../summary/summary.ts';

/**
 * `model`: another model trained to its best. `compute`: the uncompressed tables trained on as many samples as the costliest method
 * saw. `dense`: the model of the comparison without its ids.
 */
export type ReferenceKind = 'model' | 'compute' | 'dense';

/** A reference under settings of its own, at one size. It competes for no budget; its change is from the comparison's baseline. */
export interface ReferenceRow {
  readonly kind: ReferenceKind;
  readonly row: SummaryRow;
  /** Bytes of the budget that it was made for; infinite if it was asked for uncompressed, but for a layer that has no bytes. */
  readonly budget: number;
}

/** The references of a comparison whose own rows are `rows`, in the order: dense features, models by rising bytes, compute. */
export function referenceRows(
  { references, setting }: Pick<Comparison, 'references' | 'setting'>,
  rows: readonly SummaryRow[],
  summarizing: Pick<Summarizing, 'testRows' | 'isTimed'> = {},
): ReferenceRow[] {
  const groups = new Map<string, RunRecord[]>();
  for (const run of references.runs) {
    const key = `${run.reference} ${run.epochs}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const full = baselineRow(rows)?.runs ?? [];
  const found = [...groups.values()].flatMap((runs) => {
    const kind = kindOf(runs[0], setting.model);
    const series = new Map(runs.map((run) => [seriesKey(run), seriesFor(run, kind)]));
    const found = summarize(runs, series, { ...summarizing, baselineRuns: full });
    return found.map((row) => ({ kind, row, budget: budgetOf(row, kind) }));
  });
  const order: readonly ReferenceKind[] = ['dense', 'model', 'compute'];
  return found.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || a.budget - b.budget);
}

function kindOf(run: RunRecord, model: string): ReferenceKind {
  if (run.method === run.reference) return 'dense';
  return run.model === model ? 'compute' : 'model';
}

/** The look of a reference: no chart gives it a colour of its own. */
function seriesFor(run: RunRecord, kind: ReferenceKind): Series {
  const { method, options, model, epochs } = run;
  const labels = {
    dense: method,
    model: method === baseline ? model : `${model} (${method})`,
    compute: `${method}, ${epochs} epochs`,
  };
  const key = `${kind} ${epochs} ${seriesKey(run)}`;
  const place = { muted: false, place: undefined, methodPlace: undefined };
  return { key, method: labels[kind], label: labels[kind], options, ...place };
}

function budgetOf(row: SummaryRow, kind: ReferenceKind): number {
  if (kind === 'dense') return 0;
  // The float of every id takes what it takes, if no budget was set.
  if (!isCompleted(row)) return kind === 'compute' ? Infinity : 0;
  return Math.floor(countedFullBytes(row.runs[0]) / row.requested);
}
