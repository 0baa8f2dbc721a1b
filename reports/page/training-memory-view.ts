import { exactTraining } from '../../analysis/comparisons/exact-training.ts';
import {
  type ApproximationRow,
  type ApproximationsOfMethod,
  type MemoryKind,
  leastMemory,
  memoryKinds,
} from '../../analysis/memory/training-memory.ts';
import {
  formatBytes,
  formatChange,
  formatError,
  formatFixed,
  formatMargin,
  formatRatio,
  formatTimes,
} from '../format.ts';
import type { AnalyzedRecording } from '../../analysis/recording.ts';
import { type GapLane, gapDomain, gapRoom, gapsChart } from '../charts/gaps.ts';
import { type Figure, drawFigure } from './draw-figure.ts';
import { symbolOf } from './symbols.ts';

/** Training with approximations beside exact training, as training-memory.hbs reads it. */
export interface TrainingMemoryView {
  readonly kinds: readonly { readonly kind: MemoryKind; readonly label: string }[];
  readonly methods: readonly {
    readonly symbol: string;
    readonly label: string;
    readonly budget: string;
    /** The approximation to train with, in a sentence or two. */
    readonly conclusion: string;
    readonly rows: readonly RowView[];
  }[];
  /** The change of AUC by approximation, a figure per method. */
  readonly figures: readonly Figure[];
  readonly margin: string;
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
export async function trainingMemoryView(
  methods: readonly ApproximationsOfMethod[],
  {
    overRows,
    margin,
    series: all,
  }: { readonly overRows: boolean } & Pick<AnalyzedRecording, 'margin' | 'series'>,
): Promise<TrainingMemoryView | undefined> {
  if (methods.length === 0) return undefined;
  const figures = await memoryFigures(methods, margin, all);
  return {
    kinds: memoryKinds.map((kind) => ({ kind, label: labels[kind] })),
    methods: methods.map(({ series, requested, rows }) => {
      const maxBytes = Math.max(...rows.map(({ totalBytes }) => totalBytes));
      return {
        symbol: symbolOf(series),
        label: series.label,
        budget: formatRatio(requested),
        conclusion: conclusionOf({ series, requested, rows }, margin),
        rows: rows.map((row) => rowView(row, rows[0], maxBytes)),
      };
    }),
    overRows,
    figures,
    margin: formatMargin(margin),
  };
}

/** The way to train. An approximation is chosen only if it is shown to cost no more than the margin. */
function conclusionOf(method: ApproximationsOfMethod, margin: number): string {
  const { chosen, smallest } = leastMemory(method);
  const [exact] = method.rows;
  const least = formatMargin(margin);
  const sizeOf = (one: ApproximationRow) =>
    `${formatBytes(one.totalBytes)}, ${formatFixed((100 * one.totalBytes) / exact.totalBytes, 0)} % of exact training`;
  const first =
    chosen === exact
      ? `Train exactly (${formatBytes(exact.totalBytes)}): no approximation is shown to cost at most ${least} of AUC.`
      : `Train with ${approximationText(chosen.setting)}: it is shown to cost at most ${least} of AUC, and holds ${sizeOf(chosen)}.`;
  if (smallest === chosen || smallest.change === undefined) return first;
  const change = `${formatChange(smallest.change.value)} ${errorText(smallest.change)}`.trim();
  return `${first} The least memory is that of ${approximationText(smallest.setting)}: ${sizeOf(smallest)}, at ${change} (${smallest.verdict}).`;
}

const laneKinds = {
  better: 'best',
  equivalent: 'equivalent',
  worse: 'worse',
  undecided: 'undecided',
  unjudged: 'unjudged',
} as const;

async function memoryFigures(
  methods: readonly ApproximationsOfMethod[],
  margin: number,
  series: AnalyzedRecording['series'],
): Promise<Figure[]> {
  const lanes = methods.map(({ rows }) => rows.map((row) => laneOf(row, rows[0])));
  const [domain, room] = [gapDomain(lanes.flat(), margin), gapRoom(lanes.flat())];
  const figures = [];
  for (const [index, method] of methods.entries())
    figures.push(
      await drawFigure({
        name: `training-memory-${index}`,
        title: `${method.series.label} at ${formatRatio(method.requested)}: test AUC minus that of exact training`,
        variants: ['any'],
        series,
        specOf: (width) => gapsChart({ lanes: lanes[index], margin, domain, room }, width),
      }),
    );
  return figures;
}

function laneOf(
  { row, setting, totalBytes, change, verdict }: ApproximationRow,
  exact: ApproximationRow,
): GapLane {
  const share = `${formatFixed((100 * totalBytes) / exact.totalBytes, 0)} %`;
  return {
    row,
    label: `${approximationText(setting).replace('activations', 'act.')} · ${share}`,
    kind: verdict === undefined ? 'reference' : laneKinds[verdict],
    words: `${verdict ?? 'exact training'}, ${formatBytes(totalBytes)}`,
    gap: change ?? { value: 0, error: undefined, count: row.runs.length },
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
