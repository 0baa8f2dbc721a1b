import type { Rule } from '../analysis/decisions/choose.ts';
import type { DecidingCost } from '../analysis/decisions/deciding-costs.ts';
import { formatMargin } from './format.ts';

interface CostWords {
  readonly name: string;
  readonly cheapest: string;
  /** The same of several: no other is cheaper by more than the noise, or than sizes may differ. */
  readonly none: string;
  readonly need: string;
}

/** The words of a cost: in the reader's menu, in a sentence, and as a need. */
export const costWords: Readonly<Record<DecidingCost, CostWords>> = {
  trainSeconds: {
    name: 'training time',
    cheapest: 'trains fastest',
    none: 'none trains faster by more than its noise',
    need: 'training time is short',
  },
  trainingMemory: {
    name: 'training memory',
    cheapest: 'takes the least training memory',
    none: 'none takes less training memory by more than 5 %',
    need: 'training memory is short',
  },
  inferenceSpeed: {
    name: 'inference speed',
    cheapest: 'scores fastest',
    none: 'none scores faster by more than its noise',
    need: 'scoring must be fast',
  },
  servingBytes: {
    name: 'serving bytes',
    cheapest: 'takes the fewest serving bytes',
    none: 'none takes fewer serving bytes by more than 5 %',
    need: 'serving memory is short',
  },
  bytesWithKeys: {
    name: 'bytes with keys',
    cheapest: 'takes the fewest bytes with keys',
    none: 'none takes fewer bytes with keys by more than 5 %',
    need: 'serving memory is short',
  },
  options: {
    name: 'simplicity (fewest options)',
    cheapest: 'has the fewest options to set',
    none: 'none has fewer options to set',
    need: 'it must be simple',
  },
};

/** The rules that a reader may choose by: a tolerance of once to ten times the margin, and the one that evidence does not support. */
export function rulesFor(margin: number): readonly { readonly rule: Rule; readonly name: string }[] {
  const tolerances = [1, 2, 5, 10].map((times) => Number((times * margin).toPrecision(6))).filter((one) => one < 0.5); // prettier-ignore
  return [
    ...[...new Set(tolerances)].map((tolerance) => ({
      rule: { kind: 'within' as const, tolerance },
      name: `shown to be at most ${formatMargin(tolerance)} below the best`,
    })),
    {
      rule: { kind: 'notRefuted' as const },
      name: `not shown to be worse by more than ${formatMargin(margin)}`,
    },
  ];
}
