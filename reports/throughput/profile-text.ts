import { type ProfileLine, stepBound } from '../../analysis/throughput/profile.ts';
import type { ThroughputProfile } from '../../results/throughput-record.ts';
import { formatFixed } from '../format.ts';

/** A line of a profile as text. */
export interface ProfileLineText {
  readonly name: string;
  readonly calls: string;
  readonly milliseconds: string;
  readonly share: string;
}

export function profileLineText({ part, calls, milliseconds, share }: ProfileLine): ProfileLineText {
  return {
    name: partName(part),
    calls: calls === undefined ? '' : String(Number(calls.toFixed(1))),
    milliseconds: formatFixed(milliseconds, 2),
    share: `${formatFixed(100 * share, 1)} %`,
  };
}

function partName(part: ProfileLine['part']): string {
  if (part === 'rest') return 'the rest (tape, JavaScript)';
  return 'kernel' in part ? part.kernel : `${part.smaller} smaller ones`;
}

const bounds = {
  process: 'it is bound by the process, not by the card',
  neither: 'neither fills it: copies and waiting do',
  card: 'it is bound by the card',
};

/** Describes the bound of a step on a GPU; undefined on the CPU. */
export function boundText(profile: ThroughputProfile): string | undefined {
  const found = stepBound(profile);
  if (found === undefined) return undefined;
  const process = `the process needs ${formatFixed(found.submission, 2)} ms to submit a step`;
  if (found.kernels === undefined || found.bound === undefined)
    return `The card has no clock for kernels; ${process}.`;
  return `The card’s kernels take ${formatFixed(found.kernels, 2)} ms, ${process} meanwhile: ${bounds[found.bound]}.`;
}
