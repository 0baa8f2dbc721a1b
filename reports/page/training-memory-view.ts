import { exactTraining } from '../../analysis/comparisons/exact-training.ts';
import {
  type ApproximationRow,
  type ApproximationsOfMethod,
  type MemoryKind,
  memoryKinds,
} from '../../analysis/memory/training-memory.ts';
import { formatBytes, formatChange, formatError, formatFixed, formatRatio, formatTimes } from '../format.ts';
import { symbolOf } from './symbols.ts';

/** Training with approximations beside exact training, as training-memory.hbs reads it. */
export interface TrainingMemoryView {
  readonly kinds: readonly { readonly kind: MemoryKind; readonly label: string }[];
  readonly methods: readonly {
    readonly symbol: string;
    readonly label: string;
    readonly budget: string;
    readonly rows: readonly RowView[];
  }[];
  /** True if differences of AUC are paired over test rows, too. */
  readonly overRows: boolean;
}

interface RowView {
  readonly label: string;
  readonly bar: readonly { readonly kind: MemoryKind; readonly percent: string; readonly text: string }[];
  readonly total: Cell;
  readonly gradients: Cell;
  readonly activations: Cell;
  readonly auc: Cell;
  readonly change: Cell & {
    readonly standing: '' | 'equivalent' | 'undecided' | 'worse' | 'better' | 'unjudged';
  };
  readonly speed: Cell;
}

interface Cell {
  readonly text: string;
  /** `÷ 4.0`: the bytes of exact training divided by these, where that is not 1. */
  readonly less?: string;
  readonly note: string;
}

const labels: Readonly<Record<MemoryKind, string>> = {
  tables: 'tables',
  state: 'optimizer state',
  network: 'network',
  gradients: 'gradients of weights',
  rows: 'gradients of rows',
  activations: 'activations of layers',
  others: 'other activations',
};

/** Undefined if every run was trained exactly. */
export function trainingMemoryView(
  methods: readonly ApproximationsOfMethod[],
  overRows: boolean,
): TrainingMemoryView | undefined {
  if (methods.length === 0) return undefined;
  return {
    kinds: memoryKinds.map((kind) => ({ kind, label: labels[kind] })),
    methods: methods.map(({ series, requested, rows }) => {
      const maxBytes = Math.max(...rows.map(({ totalBytes }) => totalBytes));
      return {
        symbol: symbolOf(series),
        label: series.label,
        budget: formatRatio(requested),
        rows: rows.map((row) => rowView(row, rows[0], maxBytes)),
      };
    }),
    overRows,
  };
}

function rowView(trained: ApproximationRow, exact: ApproximationRow, maxBytes: number): RowView {
  const { row, memory, bytes, change, verdict, speed, setting } = trained;
  const { expected } = memory;
  const { auc } = row.estimates;
  return {
    label: approximationText(setting),
    bar: memoryKinds
      .filter((kind) => bytes[kind] > 0)
      .map((kind) => ({
        kind,
        percent: ((100 * bytes[kind]) / maxBytes).toFixed(2),
        text: `${labels[kind]} ${formatBytes(bytes[kind])}`,
      })),
    total: bytesCell(trained.totalBytes, exact.totalBytes),
    gradients: bytesCell(bytes.gradients, exact.bytes.gradients, expected.gradientBytes),
    activations: bytesCell(bytes.activations, exact.bytes.activations, expected.layerBytes),
    auc: { text: formatFixed(auc.value), note: errorText(auc) },
    change: {
      text: change === undefined ? '' : formatChange(change.value),
      note: change === undefined ? '' : [errorText(change), verdict].filter((text) => text !== '').join(' '),
      standing: verdict ?? '',
    },
    speed: {
      text: speed === undefined ? '' : formatTimes(speed.median),
      note: speed === undefined || row.runs.length === 1 ? '' : `± ${formatFixed(speed.mad, 2)}`,
    },
  };
}

function bytesCell(bytes: number, ofExact: number, byFormula?: number): Cell {
  const times = formatFixed(ofExact / bytes, ofExact / bytes < 10 ? 1 : 0);
  return {
    text: formatBytes(bytes),
    less: times === '1.0' ? '' : `÷ ${times}`,
    note: byFormula === undefined ? '' : `formula ${formatBytes(byFormula)}`,
  };
}

function errorText({ error }: { readonly error: number | undefined }): string {
  return error === undefined ? '' : formatError(error);
}

function approximationText({ activations, gradients }: ApproximationRow['setting']): string {
  const parts = [
    ...(gradients === exactTraining.gradients ? [] : [gradients]),
    ...(activations === exactTraining.activations ? [] : [`${activations}-bit activations`]),
  ];
  return parts.length === 0 ? 'exact' : parts.join(', ');
}
