import { createHash } from 'node:crypto';
import { canonicalJson } from '../../base/canonical-json.ts';
import { askedColumns } from '../../reports/table/asked-columns.ts';
import { foundColumns } from '../../reports/table/found-columns.ts';
import type { Row } from '../../reports/table/column.ts';

export interface Entry {
  readonly key: string;
  readonly value: string;
}

export interface Metric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

/** A run as MLflow is told of it. */
export interface RunEntries {
  readonly name: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly status: 'FINISHED' | 'FAILED';
  readonly params: readonly Entry[];
  readonly metrics: readonly Metric[];
  readonly tags: readonly Entry[];
}

/** Letters of a parameter that servers of all ages keep. */
const longest = 500;

/** The tag that finds a run again, and the one that says with which contents it was logged. */
export const idTag = 'embed-bench.run';
export const digestTag = 'embed-bench.digest';

/**
 * A run of a recording: settings as parameters, sizes, quality and speed as metrics under the names of docs/table.md, and the learning
 * curve as `training_loss` by samples seen. Runs without a result are failed, with their error as a tag.
 */
export function entriesOf(row: Row): RunEntries {
  const { run } = row;
  const startMs = Date.parse(run.startedAt);
  const endMs = startMs + Math.round(1000 * run.seconds);
  const asked = askedColumns.flatMap(({ name, type, of }) => {
    const value = of(row);
    return value === null || type === 'json' || type === 'time' ? [] : [{ key: name, value: String(value) }];
  });
  const options = Object.entries({ ...run.options }).map(([name, value]) => ({
    key: `option.${name}`,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }));
  const found = foundColumns.flatMap(({ name, of }) => {
    const value = of(row);
    return typeof value === 'number' ? [{ key: name, value, timestamp: endMs, step: 0 }] : [];
  });
  return {
    name: `${run.method} ${run.compression.requested}x seed ${run.seed}`,
    ...{ startMs, endMs, status: run.status === 'failed' ? 'FAILED' : 'FINISHED' },
    params: [...asked, ...options].map(({ key, value }) => ({ key, value: value.slice(0, longest) })),
    metrics: [...found, ...curvesOf(row, startMs, endMs)],
    tags: [
      { key: idTag, value: run.id },
      { key: 'embed-bench.status', value: run.status },
      ...('error' in run ? [{ key: 'embed-bench.error', value: run.error.slice(0, longest) }] : []),
    ],
  };
}

/** The learning curve by samples, and the validation AUC by epoch, all stages in their order. */
function curvesOf({ run }: Row, startMs: number, endMs: number): Metric[] {
  if (run.status !== 'completed') return [];
  const { curve, stages = [] } = run;
  const most = curve.at(-1)?.samples ?? 1;
  const at = (share: number) => Math.round(startMs + share * (endMs - startMs));
  const epochs = stages.flatMap((stage) => stage.epochs ?? []);
  return [
    ...curve.map(({ samples, loss }) => ({
      key: 'training_loss',
      value: loss,
      timestamp: at(samples / most),
      step: samples,
    })),
    ...epochs.map(({ validationAuc }, i) => ({
      ...{ key: 'validation_auc_by_epoch', value: validationAuc },
      ...{ timestamp: at((i + 1) / epochs.length), step: i + 1 },
    })),
  ];
}

/** Tells whether what is logged is what would be logged now. */
export const digestOf = (value: unknown): string =>
  createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 32);
