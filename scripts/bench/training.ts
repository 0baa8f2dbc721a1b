import { join } from 'node:path';
import type { Command } from 'commander';
import { plural } from '../../base/plural.ts';
import { formatBytes } from '../../reports/format.ts';
import { writeReport } from '../../reports/report.ts';
import { readRecording } from '../../results/store.ts';
import { shellWord } from '../../base/shell-word.ts';
import { planComparison } from '../../suites/cluster/plan/plan-comparison.ts';
import type { ComparisonSettings } from '../../suites/settings.ts';
import { runComparison } from '../../suites/running/run-comparison.ts';
import { commandText } from '../options/command-text.ts';
import { resolutionNote, searchResolutionNote } from '../results/resolution-note.ts';
import { sharedLine } from '../results/shared-line.ts';
import { verdictsJson } from '../results/verdicts-json.ts';
import { comparisonLines } from '../results/comparison-lines.ts';
import type { BenchOptions } from '../options/bench-options.ts';
import { comparisonSettings } from './comparison-settings.ts';
import { Interrupted, interruption } from '../terminal/interrupt.ts';
import { searched } from '../../suites/target-search.ts';
import { findModel, widthNote } from '../../suites/find-model.ts';
import { requireSearchable, searchNote } from '../options/target-options.ts';
import { refuse, single } from '../options/misplaced.ts';
import { preparationBar } from '../progress/preparation-bar.ts';
import { duration } from '../terminal/duration.ts';
import { complain, print, printJson } from '../terminal/printed.ts';
import { type RunLines, runLines } from '../progress/run-lines.ts';
import { SweepProgress, toldInTurn } from '../progress/sweep-progress.ts';
import { watchPage } from '../watch/watch-page.ts';

/** Options that have no meaning for a plan. */
const onlyTraining = ['out', 'force', 'jobs', 'watch', 'open', 'json', 'memory', 'keepModel'];

/** Trains and scores. Returns the report's path, if there is one, and the exit code; prints only progress until the end. */
export async function benchTraining(command: Command): Promise<{ report?: string; exitCode: number }> {
  const settings = await comparisonSettings(command);
  const options = command.opts<BenchOptions>();
  const { target } = settings;
  if (target) requireSearchable(settings, searched(settings).length);
  const note = widthNote(findModel(settings.model), single('--dim', options.dim)!);
  if (note !== undefined) complain(note);
  if (options.plan === undefined) refuse(command, ['pilot'], 'that is for --plan');
  else {
    refuse(command, onlyTraining, 'a plan trains nothing');
    return { exitCode: await plan(settings, options.plan, options) };
  }
  const { watch } = options;
  const page = watch === undefined ? undefined : await watchPage(watch === true ? 0 : watch);
  const preparation = preparationBar();
  let lines: RunLines | undefined;
  let ending: 'over' | 'stopped' = 'stopped';
  const interrupt = interruption();
  try {
    const { directory, records, failed } = await runComparison(settings, {
      out: options.out,
      command: commandText(process.argv.slice(2)),
      note: options.note,
      concurrency: options.jobs,
      force: options.force ?? false,
      stageBytes: options.stageCache * 1e9,
      ...(options.checkpointMinutes > 0 && { checkpointMs: 60_000 * options.checkpointMinutes }),
      ...(options.memory !== undefined && { memoryBytes: options.memory * 1e9 }),
      scores: options.scores,
      ...(options.keepModel && { keepModels: true }),
      signal: interrupt.signal,
      preparation,
      watch({ directory, dataset, referenceRuns, compared, searches, otherMachines }) {
        preparation.stop();
        interrupt.listen();
        const test = { seeds: settings.seeds.length, rows: dataset.rows.test, margin: options.margin };
        const coarse =
          target === undefined
            ? resolutionNote({ methods: compared, budgets: settings.compressions.length, ...test })
            : searchResolutionNote({ ratios: searches * target.steps, ...test });
        const sweep = new SweepProgress(settings.learningRates.length > 1);
        lines = runLines(sweep);
        if (referenceRuns > 0)
          lines.note(
            `references: ${plural(referenceRuns, 'run')} for all methods together; --no-references leaves them out`,
          );
        if (target !== undefined) lines.note(searchNote(target, searches, settings));
        if (coarse !== undefined) lines.note(coarse);
        if (otherMachines.length > 0)
          lines.note(
            `other machine: this recording has runs of ${otherMachines.join('; ')}. Quality stands together (rounding may move the last digits); times and speeds are shown of one machine alone`,
          );
        if (page !== undefined) {
          page.show(directory, () => ({ ...sweep.state(), directory, dataset }));
          lines.note(`watch: ${page.address}`);
        }
        return toldInTurn(sweep, lines);
      },
    });
    ending = 'over';
    lines?.stop();
    const report = await writeReport(directory, options.margin);
    if (options.json) {
      const { margin, verdicts } = verdictsJson(readRecording(directory), options.margin);
      printJson({ recording: directory, report, margin, verdicts, runs: records });
    } else {
      const found = comparisonLines(readRecording(directory), options.margin);
      print([...found, ...sharedLine(records), `results: ${directory}`, `report: ${report}`].join('\n'));
    }
    return { report, exitCode: failed ? 1 : 0 };
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    throw new Interrupted('finished runs are kept, and the same command resumes');
  } finally {
    preparation.stop();
    lines?.stop();
    await page?.close(ending);
  }
}

/** Writes the plan of a comparison, and says how large it is. */
async function plan(
  settings: ComparisonSettings,
  out: string,
  { scores, note, pilot, stageCache, checkpointMinutes }: BenchOptions,
): Promise<number> {
  const preparation = preparationBar();
  try {
    const command = commandText(process.argv.slice(2));
    const planned = await planComparison(settings, {
      ...{ out, command, note, concurrency: 1, scores, preparation, stageBytes: stageCache * 1e9 },
      ...(checkpointMinutes > 0 && { checkpointMs: 60_000 * checkpointMinutes }),
      ...(pilot !== undefined && { pilot }),
    });
    preparation.stop();
    const { waiting, later, rounds, plan, mostBytes, seconds } = planned;
    const { threads } = plan.environment.backend;
    print(
      [
        `plan: ${join(out, 'plan.json')}`,
        `runs: ${waiting} can run now${later > 0 ? `, about ${later} after them, in up to ${rounds} rounds` : ''}; ${plural(threads, 'thread')} each`,
        `memory: ${mostBytes === undefined ? 'unknown' : `up to ${formatBytes(mostBytes)} each`}`,
        `time: ${seconds === undefined ? 'unknown; --pilot RECORDING tells from runs of fewer rows' : `${duration(seconds)} for those that can run now, one after the other`}`,
        `next: npm run submit -- ${shellWord(out)} --parallel 50`,
      ].join('\n'),
    );
    return 0;
  } finally {
    preparation.stop();
  }
}
