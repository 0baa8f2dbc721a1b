import { resolve } from 'node:path';
import open from 'open';
import { writeMarkdownTable } from '../reports/markdown-table.ts';
import { writePicture } from '../reports/picture.ts';
import { writeReport } from '../reports/report.ts';
import { defaultMargin } from '../analysis/verdicts/noise.ts';
import { marginOf } from './options/values.ts';
import { main } from './terminal/main.ts';
import { print } from './terminal/printed.ts';
import { verb } from './options/verb.ts';

const command = verb('report', '<recording> [options]')
  .description('Rebuilds the HTML report of a recording from its records.')
  .argument('<recording>', 'folder of a recording, under results/ or recordings/')
  .option('--picture <file>', 'SVG file for the chart of AUC against bytes')
  .option('--table <file>', 'Markdown file for the changes of AUC, methods by budgets')
  .option('--margin <auc>', 'least difference that matters: equivalent is less', marginOf, defaultMargin)
  .option('--open', 'report in a browser');

interface Asked {
  readonly picture?: string;
  readonly table?: string;
  readonly margin: number;
  readonly open?: boolean;
}

await main(async () => {
  const { args } = command.parse();
  const { picture, table, margin, open: show } = command.opts<Asked>();
  // The files that were asked for come first: a path that is wrong changes nothing.
  if (table !== undefined) writeMarkdownTable(args[0], table, margin);
  if (picture !== undefined) await writePicture(args[0], picture);
  const report = await writeReport(args[0], margin);
  if (table !== undefined) print(`table: ${table}`);
  if (picture !== undefined) print(`picture: ${picture}`);
  print(`report: ${report}`);
  if (show) await open(resolve(report));
  return 0;
});
