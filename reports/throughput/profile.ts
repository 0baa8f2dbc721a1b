import type { ThroughputProfile } from '../../results/throughput-record.ts';

export interface ProfileLine {
  readonly name: string;
  /** Per step; undefined for what is no calls of one thing. */
  readonly calls: number | undefined;
  readonly milliseconds: number;
  /** Of the step. */
  readonly share: number;
}

const leastShare = 0.005;

/** The entries that matter, the others in one line, then what is in none; the lines add up to the step. */
export function profileLines({ milliseconds, entries, rest }: ThroughputProfile): ProfileLine[] {
  const line = (name: string, calls: number | undefined, time: number) => {
    return { name, calls, milliseconds: time, share: time / milliseconds };
  };
  const large = entries.filter((entry) => entry.milliseconds >= leastShare * milliseconds);
  const small = entries.filter((entry) => !large.includes(entry));
  const ofSmall = small.reduce((sum, entry) => sum + entry.milliseconds, 0);
  return [
    ...large.map((entry) => line(entry.name, entry.calls, entry.milliseconds)),
    ...(small.length === 0 ? [] : [line(`${small.length} smaller ones`, undefined, ofSmall)]),
    line('the rest (tape, JavaScript)', undefined, rest),
  ];
}

export function callsText({ calls }: ProfileLine): string {
  return calls === undefined ? '' : String(Number(calls.toFixed(1)));
}
