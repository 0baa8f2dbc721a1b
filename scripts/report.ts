import { join, resolve } from 'node:path';
import open from 'open';
import { analyze } from '../analysis/recording.ts';
import { UserError } from '../base/user-error.ts';
import { formatBytes } from '../reports/format.ts';
import { keepRowNoise } from '../suites/running/keep-row-noise.ts';
import { writeMarkdownTable } from '../reports/markdown-table.ts';
import { writePicture } from '../reports/picture.ts';
import { writeReport } from '../reports/report.ts';
import { summaryJson } from '../reports/summary-json.ts';
import { readRecording } from '../results/store.ts';
import { defaultMargin } from '../analysis/verdicts/noise.ts';
import { marginOf } from './options/values.ts';
import { main } from './terminal/main.ts';
import { print, printJson } from './terminal/printed.ts';
import { verb } from './options/verb.ts';

const command = verb('report', '<recording> [options]')
  .description('Rebuilds the HTML report of a recording from its records.')
  .argument('<recording>', 'folder of a recording, under results/ or recordings/')
  .option('--picture <file>', 'SVG file for the chart of AUC against bytes')
  .option('--table <file>', 'Markdown file for the changes of AUC, methods by budgets')
  .option(
    '--costs',
    "with --table: a second table of the methods' costs (passes, time, memory, speed, bytes)",
  )
  .option('--json', 'metrics, costs, references and choices of learning rates as one JSON object on stdout')
  .option(
    '--margin <auc>',
    `least difference that matters: equivalent is less (default: ${defaultMargin}, or that of the recording's --to-target)`,
    marginOf,
  )
  .option(
    '--keep-row-noise',
    'row-noise.jsonl, made of the scores of test rows: verdicts without the scores, small enough to publish',
  )
  .option('--open', 'report in a browser');

interface Asked {
  readonly picture?: string;
  readonly table?: string;
  readonly costs?: true;
  readonly json?: true;
  readonly margin?: number;
  readonly keepRowNoise?: boolean;
  readonly open?: boolean;
}

export const ended = main(async () => {
  const { args } = command.parse();
  const { picture, table, costs, json, margin, keepRowNoise: keep, open: show } = command.opts<Asked>();
  if (costs && table === undefined)
    throw new UserError('--costs: it is a second table in the file of --table; add --table FILE');
  const kept = keep === true ? keepRowNoise(args[0]) : 0;
  if (kept === undefined)
    throw new UserError(
      `${args[0]}: a run that is compared has no scores of the test rows that give its AUC; repeat the bench command with --scores`,
    );
  // The files that were asked for come first: a path that is wrong changes nothing.
  if (table !== undefined) writeMarkdownTable(args[0], table, { margin, costs: costs ?? false });
  if (picture !== undefined) await writePicture(args[0], picture);
  const report = await writeReport(args[0], margin);
  if (json) {
    printJson({ report, ...summaryJson(readRecording(args[0]), margin) });
    return 0;
  }
  if (kept > 0) print(`row noise: ${join(args[0], 'row-noise.jsonl')}, ${formatBytes(kept)}`);
  if (table !== undefined) print(`table: ${table}`);
  if (picture !== undefined) print(`picture: ${picture}`);
  const { rowNoiseProblem } = analyze(readRecording(args[0]), margin);
  if (rowNoiseProblem !== '') print(rowNoiseProblem);
  print(`report: ${report}`);
  if (show) await open(resolve(report));
  return 0;
});
