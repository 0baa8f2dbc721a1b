import { withoutShortEnd } from '../../analysis/summary/learning-curve.ts';
import { baseline } from '../../analysis/comparisons/comparable.ts';
import { formatCount, formatFixed, formatShort } from '../format.ts';
import { type Line, curvesSvg } from './curves.ts';
import { lineColors } from './line-colors.ts';
import { type FinishedRun, type SweepState, lineOf, runCounts } from '../../analysis/progress/sweep.ts';
import type { CompletedRun } from '../../results/record.ts';

/** The state of a sweep as the templates read it. Text is unescaped: they escape it. */
export interface LiveView {
  readonly heading: string;
  readonly directory: string;
  readonly percent: number;
  readonly over: string;
  readonly counts: string;
  readonly times: string;
  readonly ended: boolean;
  readonly stopped: boolean;
  /** The number of runs in the report. */
  readonly reported: number;
  readonly running: readonly {
    readonly title: string;
    readonly color: string;
    readonly percent: number;
    readonly rate: string;
    readonly loss: string;
    readonly time: string;
  }[];
  readonly curves: readonly { readonly variant: string; readonly svg: string }[];
  readonly legend: readonly { readonly name: string; readonly color: string }[];
  readonly finished: readonly {
    readonly title: string;
    readonly status: string;
    readonly words: string;
    readonly time: string;
  }[];
  readonly more: number;
}

/** The number of finished runs in the list, and of those with a line in the chart. */
const maxListed = 40;
const maxLines = 200;

export function liveView(state: SweepState): LiveView {
  const { dataset, running, finished, total, ending } = state;
  const colors = lineColors(state);
  const lines: Line[] = [
    ...finished.slice(0, maxLines).flatMap(({ title, record }) => {
      const method = lineOf(record);
      if (record.status !== 'completed') return [];
      const rank = method === baseline ? ('baseline' as const) : ('other' as const);
      return [{ title, curve: withoutShortEnd(record.curve), color: colors.finished(method), rank }];
    }),
    ...running.map((run) => {
      return {
        title: run.title,
        curve: withoutShortEnd(run.curve),
        color: colors.running(run),
        rank: 'running' as const,
      };
    }),
  ];
  const drawings = [
    { variant: 'wide', svg: curvesSvg(lines, 1200) },
    { variant: 'narrow', svg: curvesSvg(lines, 400) },
  ];
  return {
    heading: `${dataset.name}, ${dataset.protocol} split, ${formatCount(dataset.rows.train)} rows to train on`,
    directory: state.directory,
    percent: Math.floor(100 * state.fraction),
    over: `${finished.length} of ${total} runs are over`,
    counts: countsText(state),
    times: timesText(state),
    ended: ending !== undefined,
    stopped: ending === 'stopped',
    reported: finished.length,
    running: running.map((run) => ({
      title: run.title,
      color: colors.running(run),
      percent: Math.floor(100 * run.fraction),
      rate: run.samplesPerSecond > 0 ? `${formatShort(run.samplesPerSecond)} samples/s` : 'starting',
      loss: run.curve.length === 0 ? '' : formatFixed(run.curve.at(-1)!.loss),
      time: timeText(run.seconds),
    })),
    curves: drawings.filter(({ svg }) => svg !== ''),
    legend: colors.ofMethods.map((name) => ({ name, color: colors.finished(name) })),
    finished: finished.slice(0, maxListed).map((run) => ({ ...run, ...resultOf(run) })),
    more: Math.max(0, finished.length - maxListed),
  };
}

function countsText(state: SweepState): string {
  const { completed, failed, infeasible, tooLarge, running, left } = runCounts(state);
  return [
    `${completed} completed`,
    `${failed} failed`,
    `${infeasible} infeasible`,
    ...(tooLarge > 0 ? [`${tooLarge} too large`] : []),
    `${running} running`,
    `${left} left`,
    ...(state.earlier > 0 ? [`${state.earlier} recorded before`] : []),
  ].join(' · ');
}

function timesText({ seconds, secondsLeft, ending }: SweepState): string {
  const since = `${timeText(seconds)} so far`;
  if (ending !== undefined) return `${timeText(seconds)} in all`;
  return secondsLeft === undefined ? since : `${since}, about ${timeText(secondsLeft)} left`;
}

function resultOf({ record }: FinishedRun) {
  const { status } = record;
  const words =
    record.status === 'completed'
      ? `test AUC ${formatFixed(record.quality.auc)}, ${formatShort(record.speed.trainSamplesPerSecond.median)} samples/s${isShared(record) ? ', training shared' : ''}`
      : record.error;
  return { status, words, time: timeText(record.seconds) };
}

const isShared = ({ stages = [] }: CompletedRun) => stages.some(({ shared }) => shared !== undefined);

/** `42 s`, `3 min`, `5 h 7 min` */
function timeText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 100) return `${whole} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
