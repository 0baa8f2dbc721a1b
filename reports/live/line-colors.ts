import { baseline } from '../../analysis/comparisons/comparable.ts';
import { type SweepState, lineOf, methodsOfSweep } from '../../analysis/progress/sweep.ts';
import { colors } from '../series-style.ts';

/** CSS colours of the lines of running and of finished runs. */
export interface LineColors {
  running(run: { readonly method: string; readonly slot: number }): string;
  finished(method: string): string;
  /** The methods that have a colour each, for the legend. */
  readonly ofMethods: readonly string[];
}

/** Few methods have a colour each; with more, only the running runs are told apart. */
export function lineColors(state: Pick<SweepState, 'running' | 'finished'>): LineColors {
  const { running, finished } = state;
  const methods = methodsOfSweep(state);
  const few = methods.length <= colors;
  const hasBaseline =
    running.some(({ method }) => method === baseline) ||
    finished.some(({ record }) => lineOf(record) === baseline);
  const colorOf = (method: string, otherwise: string) => {
    if (method === baseline) return 'var(--series-full)';
    return few ? `var(--series-${methods.indexOf(method)})` : otherwise;
  };
  return {
    running: ({ method, slot }) => colorOf(method, `var(--series-${slot % colors})`),
    finished: (method) => colorOf(method, 'var(--series-rest)'),
    ofMethods: few ? [...(hasBaseline ? [baseline] : []), ...methods] : [],
  };
}
