import { baseline } from '../../results/comparable.ts';
import type { LiveState } from './state.ts';

/** How many colours there are beside the baseline's. */
const colors = 7;

/** CSS colours of lines: of a run that trains, and of one that is over. */
export interface LineColors {
  running(run: { readonly method: string; readonly slot: number }): string;
  finished(method: string): string;
  /** Whether a colour stands for a method. */
  readonly ofMethods: readonly string[];
}

/** Few methods have a colour each; of more, only the runs that train now are told apart. */
export function lineColors({ running, finished }: Pick<LiveState, 'running' | 'finished'>): LineColors {
  const seen = [
    ...finished.map(({ record }) => record.method).reverse(),
    ...running.map(({ method }) => method),
  ];
  const methods = [...new Set(seen)].filter((method) => method !== baseline);
  const few = methods.length <= colors;
  const of = (method: string, otherwise: string) => {
    if (method === baseline) return 'var(--series-full)';
    return few ? `var(--series-${methods.indexOf(method)})` : otherwise;
  };
  return {
    running: ({ method, slot }) => of(method, `var(--series-${slot % colors})`),
    finished: (method) => of(method, 'var(--series-rest)'),
    ofMethods: few ? [...(seen.includes(baseline) ? [baseline] : []), ...methods] : [],
  };
}
