import type { ThroughputProfile } from '../../results/throughput-record.ts';
import { formatFixed } from '../format.ts';

export interface ProfileLine {
  readonly name: string;
  /** Per step; undefined for what is no calls of one thing. */
  readonly calls: number | undefined;
  readonly milliseconds: number;
  /** Of the step. */
  readonly share: number;
}

const minShare = 0.005;

/**
 * The entries that matter, rows always among them, and the others in one line. Of a step on the CPU what is in none
 * follows, and the lines add up to the step; on a GPU they add up to what its kernels take.
 */
export function profileLines(profile: ThroughputProfile): ProfileLine[] {
  const { milliseconds, entries, rest, asking } = profile;
  const whole = asking === undefined ? milliseconds : computingOf(profile);
  const line = (name: string, calls: number | undefined, time: number) => {
    return { name, calls, milliseconds: time, share: time / whole };
  };
  const large = entries.filter(
    (entry) => entry.milliseconds >= minShare * whole || entry.name.startsWith('rows: '),
  );
  const small = entries.filter((entry) => !large.includes(entry));
  const ofSmall = small.reduce((sum, entry) => sum + entry.milliseconds, 0);
  return [
    ...large.map((entry) => line(entry.name, entry.calls, entry.milliseconds)),
    ...(small.length === 0 ? [] : [line(`${small.length} smaller ones`, undefined, ofSmall)]),
    ...(asking === undefined ? [line('the rest (tape, JavaScript)', undefined, rest)] : []),
  ];
}

/** Kernels and asking together fill less than this of a step that neither bounds. */
const fills = 0.8;

/** What bounds a step on a GPU, in words; undefined on the CPU. */
export function boundText(profile: ThroughputProfile): string | undefined {
  const { milliseconds, entries, asking } = profile;
  if (asking === undefined) return undefined;
  const process = `the process needs ${formatFixed(asking, 2)} ms to ask for a step`;
  if (entries.length === 0) return `The card has no clock for kernels; ${process}.`;
  const computing = computingOf(profile);
  const bound =
    asking > computing
      ? 'it is bound by the process, not by the card'
      : computing < fills * milliseconds
        ? 'neither fills it: copies and waiting do'
        : 'it is bound by the card';
  return `The card’s kernels take ${formatFixed(computing, 2)} ms, ${process} meanwhile: ${bound}.`;
}

function computingOf({ entries }: ThroughputProfile): number {
  return entries.reduce((sum, entry) => sum + entry.milliseconds, 0);
}

export function callsText({ calls }: ProfileLine): string {
  return calls === undefined ? '' : String(Number(calls.toFixed(1)));
}
