import { exactTraining } from '../../results/exact-training.ts';
import { formatBytes, formatChange, formatFixed, formatRatio } from '../format.ts';
import type { WayRow, WaysOfMethod } from '../training-memory.ts';
import { symbolOf } from './symbols.ts';

/** What training-memory.hbs reads. */
export interface TrainingMemoryView {
  readonly kinds: readonly { readonly kind: Kind; readonly label: string }[];
  readonly methods: readonly {
    readonly symbol: string;
    readonly label: string;
    readonly budget: string;
    readonly ways: readonly WayView[];
  }[];
  /** Whether differences of AUC are paired over test rows, too. */
  readonly overRows: boolean;
}

interface WayView {
  readonly label: string;
  readonly bar: readonly { readonly kind: Kind; readonly percent: string; readonly text: string }[];
  readonly total: Cell;
  readonly gradients: Cell;
  readonly activations: Cell;
  readonly auc: Cell;
  readonly change: Cell & { readonly standing: '' | 'tied' };
  readonly speed: Cell;
}

interface Cell {
  readonly text: string;
  /** How many times less than of exact training, where it is less. */
  readonly less?: string;
  readonly note: string;
}

const kinds = {
  tables: { label: 'tables', bytes: ({ tableBytes }) => tableBytes },
  state: { label: 'optimizer state', bytes: ({ stateBytes }) => stateBytes },
  network: { label: 'network', bytes: ({ networkBytes }) => networkBytes },
  gradients: { label: 'gradients of weights', bytes: ({ gradientBytes }) => gradientBytes },
  rows: { label: 'gradients of rows', bytes: ({ rowGradientBytes }) => rowGradientBytes },
  activations: { label: 'activations of layers', bytes: ({ layerBytes }) => layerBytes },
  others: { label: 'other activations', bytes: ({ otherBytes }) => otherBytes },
} satisfies Record<string, { label: string; bytes: (measured: WayRow['memory']['measured']) => number }>;
type Kind = keyof typeof kinds;
const kindNames = Object.keys(kinds) as Kind[];

/** Undefined where every run was trained exactly. */
export function trainingMemoryView(
  methods: readonly WaysOfMethod[],
  overRows: boolean,
): TrainingMemoryView | undefined {
  if (methods.length === 0) return undefined;
  return {
    kinds: kindNames.map((kind) => ({ kind, label: kinds[kind].label })),
    methods: methods.map(({ series, requested, ways }) => {
      const most = Math.max(...ways.map(totalOf));
      return {
        symbol: symbolOf(series),
        label: series.label,
        budget: formatRatio(requested),
        ways: ways.map((way) => wayView(way, ways[0], most)),
      };
    }),
    overRows,
  };
}

const totalOf = ({ memory: { measured } }: WayRow) =>
  kindNames.reduce((sum, kind) => sum + kinds[kind].bytes(measured), 0);

function wayView(way: WayRow, exact: WayRow, most: number): WayView {
  const { row, memory, change, speed, setting } = way;
  const { measured, expected } = memory;
  const cell = (bytes: number, ofExact: number, byFormula?: number): Cell => {
    const times = formatFixed(ofExact / bytes, ofExact / bytes < 10 ? 1 : 0);
    return {
      text: formatBytes(bytes),
      less: times === '1.0' ? '' : `÷ ${times}`,
      note: byFormula === undefined ? '' : `formula ${formatBytes(byFormula)}`,
    };
  };
  const { auc } = row.estimates;
  const withError = ({ error }: { readonly error: number | undefined }) =>
    error === undefined ? '' : `± ${formatFixed(error)}`;
  return {
    label: wayText(setting),
    bar: kindNames
      .map((kind) => ({ kind, bytes: kinds[kind].bytes(measured) }))
      .filter(({ bytes }) => bytes > 0)
      .map(({ kind, bytes }) => ({
        kind,
        percent: ((100 * bytes) / most).toFixed(2),
        text: `${kinds[kind].label} ${formatBytes(bytes)}`,
      })),
    total: cell(totalOf(way), totalOf(exact)),
    gradients: cell(measured.gradientBytes, exact.memory.measured.gradientBytes, expected.gradientBytes),
    activations: cell(measured.layerBytes, exact.memory.measured.layerBytes, expected.layerBytes),
    auc: { text: formatFixed(auc.value), note: withError(auc) },
    change: {
      text: change === undefined ? '' : formatChange(change.value),
      note: change === undefined ? '' : withError(change),
      standing: change?.error !== undefined && Math.abs(change.value) <= change.error ? 'tied' : '',
    },
    speed: {
      text: speed === undefined ? '' : `× ${formatFixed(speed.median, 2)}`,
      note: speed === undefined || row.runs.length === 1 ? '' : `± ${formatFixed(speed.mad, 2)}`,
    },
  };
}

function wayText({ activations, gradients }: WayRow['setting']): string {
  const parts = [
    ...(gradients === exactTraining.gradients ? [] : [gradients]),
    ...(activations === exactTraining.activations ? [] : [`${activations}-bit activations`]),
  ];
  return parts.length === 0 ? 'exact' : parts.join(', ');
}
