import { canonicalJson } from '../../base/canonical-json.ts';
import type { RunRecord } from '../../results/record.ts';

/** Settings of training that records leave out where they are off. */
export interface Practice {
  readonly patience: number;
  readonly reduceOnPlateau: number;
  readonly warmUp: number;
  readonly decay: string;
  readonly l2Rows: number;
  readonly l2Network: number;
  readonly dropout: number;
  readonly average: number;
  /** Canonical JSON. */
  readonly optimizerOptions: string;
}

/** All of them off. */
export const plainTraining: Practice = {
  patience: 0,
  reduceOnPlateau: 1,
  warmUp: 0,
  decay: 'none',
  l2Rows: 0,
  l2Network: 0,
  dropout: 0,
  average: 0,
  optimizerOptions: '{}',
};

export const practiceNames = Object.keys(plainTraining) as readonly (keyof Practice)[];

export function practiceOf(run: RunRecord): Practice {
  const { optimizerOptions = {}, ...own } = run;
  const named = practiceNames.flatMap((name) =>
    name === 'optimizerOptions' || own[name] === undefined ? [] : [[name, own[name]]],
  );
  const on = Object.fromEntries(named) as Partial<Practice>;
  return { ...plainTraining, ...on, optimizerOptions: canonicalJson(optimizerOptions) };
}
