import { machineOfRun, machinesOf, machineText } from '../../results/hardware.ts';
import type { RunRecord } from '../../results/record.ts';
import type { Recording } from '../../results/recording.ts';

/** The kinds of machines that made the runs of a recording, and the one whose speeds are shown. */
export interface Machines {
  /** Machines in words, with their numbers of runs: the recording's own first. Those without runs are left out. */
  readonly runsOf: ReadonlyMap<string, number>;
  /** The machine that every time and speed of a report is of: speeds of two machines never stand side by side. */
  readonly timed: string;
  readonly isTimed: (run: RunRecord) => boolean;
}

/** Speeds are those of the machine that completed most runs; of several, the recording's own, or the first that joined it. */
export function machinesIn({ environment, runs }: Pick<Recording, 'environment' | 'runs'>): Machines {
  const of = (run: RunRecord) => machineOfRun(environment, run);
  const own = machineText(environment);
  const known = [...new Set([...machinesOf(environment).map(machineText), ...runs.map(of)])];
  const count = (machine: string, some: readonly RunRecord[]) =>
    some.filter((run) => of(run) === machine).length;
  const completed = runs.filter(({ status }) => status === 'completed');
  const [timed = own] = known.toSorted((a, b) => count(b, completed) - count(a, completed));
  const runsOf = new Map(
    known.map((machine) => [machine, count(machine, runs)] as const).filter(([, made]) => made > 0),
  );
  return { runsOf, timed, isTimed: (run) => of(run) === timed };
}
