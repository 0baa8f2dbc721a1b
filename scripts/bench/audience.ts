import type { RunRecord } from '../../results/record.ts';
import { commandText } from '../options/command-text.ts';
import { preparationBar } from '../progress/preparation-bar.ts';
import { type RunLines, runLines } from '../progress/run-lines.ts';
import type { SweepProgress } from '../progress/sweep-progress.ts';
import { type Interruption, interruption } from '../terminal/interrupt.ts';
import { complain } from '../terminal/printed.ts';

/** Whoever follows a comparison. */
export interface Audience {
  /** The command for the recording. */
  readonly command: string;
  readonly interrupt: Interruption;
  readonly preparation: ReturnType<typeof preparationBar>;
  lines(sweep: SweepProgress): RunLines;
  /** Takes a line beside the results. */
  note(line: string): void;
  /** True if results are printed. */
  readonly reads: boolean;
}

/** A person at a terminal, or its log. */
export const atTerminal = (): Audience => ({
  command: commandText(process.argv.slice(2)),
  interrupt: interruption(),
  preparation: preparationBar(),
  lines: runLines,
  note: complain,
  reads: true,
});

/** A program, which is handed records and reads no lines. `args`: those of the same command. */
export function program(
  args: readonly string[],
  signal: AbortSignal,
  onRecord: (record: RunRecord) => void,
): Audience {
  const silent = () => {};
  return {
    command: commandText(args),
    interrupt: { signal, listen: silent, stopListening: silent },
    preparation: { onProgress: silent, onMessage: silent, stop: silent },
    lines: () => ({
      ...{ note: silent, expect: silent, skipped: silent, started: silent, progress: silent, stop: silent },
      finished: (_, record) => onRecord(record),
    }),
    note: silent,
    reads: false,
  };
}
