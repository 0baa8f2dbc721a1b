import { resolve } from 'node:path';
import open from 'open';
import { writeMarkdownTable } from '../reports/markdown-table.ts';
import { writePicture } from '../reports/picture.ts';
import { writeReport } from '../reports/report.ts';
import { summaryJson } from '../reports/summary-json.ts';
import { readRecording } from '../results/store.ts';
import { UserError } from '../base/user-error.ts';
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
  .option('--open', 'report in a browser');

interface Asked {
  readonly picture?: string;
  readonly table?: string;
  readonly costs?: true;
  readonly json?: true;
  readonly open?: boolean;
}

await main(async () => {
  const { args } = command.parse();
  const { picture, table, costs, json, open: show } = command.opts<Asked>();
  if (costs && table === undefined)
    throw new UserError('--costs: it is a second table in the file of --table; add --table FILE');
  // The files that were asked for come first: a path that is wrong changes nothing.
  if (table !== undefined) writeMarkdownTable(args[0], table, costs ?? false);
  if (picture !== undefined) await writePicture(args[0], picture);
  const report = await writeReport(args[0]);
  if (json) printJson({ report, ...summaryJson(readRecording(args[0])) });
  if (json) return 0;
  if (table !== undefined) print(`table: ${table}`);
  if (picture !== undefined) print(`picture: ${picture}`);
  print(`report: ${report}`);
  if (show) await open(resolve(report));
  return 0;
});
