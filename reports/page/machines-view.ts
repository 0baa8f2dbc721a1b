import type { AnalyzedRecording } from '../../analysis/recording.ts';
import { machinesOf, machineText } from '../../results/hardware.ts';
import type { Recording } from '../../results/recording.ts';
import { formatBytes } from '../format.ts';
import { formatMoved, movedTitle } from '../machines-text.ts';

/** The kinds of machines that made the runs, as machines.hbs reads them. */
export interface MachinesView {
  readonly rows: readonly {
    readonly name: string;
    readonly memory: string;
    readonly node: string;
    readonly runs: number;
    /** True for the machine whose times and speeds are shown. */
    readonly timed: boolean;
  }[];
  /** Runs that several of them made. */
  readonly moved: readonly {
    readonly title: string;
    readonly aucs: readonly { readonly machine: string; readonly auc: string }[];
    readonly difference: string;
    /** Standard deviation over seeds. */
    readonly seeds: string;
  }[];
}

/** Undefined if one kind of machine made all runs. */
export function machinesView(
  { environment }: Recording,
  { machines: { runsOf, timed }, moved, series }: AnalyzedRecording,
): MachinesView | undefined {
  if (runsOf.size < 2) return undefined;
  const known = new Map(machinesOf(environment).map((machine) => [machineText(machine), machine]));
  return {
    rows: [...runsOf].map(([name, runs]) => {
      const { memoryBytes, node } = known.get(name)!;
      return { name, memory: formatBytes(memoryBytes), node, runs, timed: name === timed };
    }),
    moved: moved.map((one) => ({
      title: movedTitle(one, series),
      aucs: [...one.aucs].map(([machine, auc]) => ({ machine, auc: formatMoved(auc) })),
      difference: formatMoved(one.difference),
      seeds: one.seeds === undefined ? '–' : `${formatMoved(one.seeds.deviation)} (${one.seeds.count} seeds)`,
    })),
  };
}
