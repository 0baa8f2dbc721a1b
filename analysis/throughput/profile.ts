import { sum } from '../../base/sum.ts';
import type { ThroughputProfile } from '../../results/throughput-record.ts';

/** A share of a training step. */
export interface ProfileLine {
  /** One kernel, the kernels that are too small for a line of their own, or the time that no kernel takes. */
  readonly part: { readonly kernel: string } | { readonly smaller: number } | 'rest';
  /** Calls per step; undefined for anything but one kernel. */
  readonly calls: number | undefined;
  readonly milliseconds: number;
  /** Share of the step; on a GPU, of the time that all kernels take. */
  readonly share: number;
}

const minShare = 0.005;

/**
 * The kernels that matter, operations on rows always among them, and the others in one line. On the CPU the time outside
 * kernels follows, and the lines add up to the step; on a GPU they add up to what its kernels take.
 */
export function profileLines(profile: ThroughputProfile): ProfileLine[] {
  const { milliseconds, entries, rest, asking } = profile;
  const whole = asking === undefined ? milliseconds : kernelTime(profile);
  const line = (part: ProfileLine['part'], calls: number | undefined, time: number) => {
    return { part, calls, milliseconds: time, share: time / whole };
  };
  const large = entries.filter(
    (entry) => entry.milliseconds >= minShare * whole || entry.name.startsWith('rows: '),
  );
  const small = entries.filter((entry) => !large.includes(entry));
  const smallTime = sum(small.map((entry) => entry.milliseconds));
  return [
    ...large.map((entry) => line({ kernel: entry.name }, entry.calls, entry.milliseconds)),
    ...(small.length === 0 ? [] : [line({ smaller: small.length }, undefined, smallTime)]),
    ...(asking === undefined ? [line('rest', undefined, rest)] : []),
  ];
}

/** Kernels and submission together fill less than this share of a step that neither bounds. */
const fills = 0.8;

/** The bound of a training step on a GPU. */
export interface StepBound {
  /** Milliseconds in which the process submits the step. */
  readonly submission: number;
  /** Milliseconds of all kernels; undefined if the card has no clock for them. */
  readonly kernels: number | undefined;
  /** `neither`: copies and waiting take the time. Undefined if kernels were not timed. */
  readonly bound: 'process' | 'card' | 'neither' | undefined;
}

/** Undefined on the CPU. */
export function stepBound(profile: ThroughputProfile): StepBound | undefined {
  const { milliseconds, entries, asking } = profile;
  if (asking === undefined) return undefined;
  if (entries.length === 0) return { submission: asking, kernels: undefined, bound: undefined };
  const kernels = kernelTime(profile);
  const bound = asking > kernels ? 'process' : kernels < fills * milliseconds ? 'neither' : 'card';
  return { submission: asking, kernels, bound };
}

function kernelTime({ entries }: ThroughputProfile): number {
  return sum(entries.map(({ milliseconds }) => milliseconds));
}
