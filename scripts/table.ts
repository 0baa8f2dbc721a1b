import { plural } from '../base/plural.ts';
import { columns } from '../reports/table/columns.ts';
import { writeTable } from '../reports/table/write-table.ts';
import { place } from './options/values.ts';
import { verb } from './options/verb.ts';
import { main } from './terminal/main.ts';
import { print } from './terminal/printed.ts';

const command = verb('table', '<recordings...> --out <file>')
  .description('Writes the runs of recordings as one flat table, a row for each run (docs/table.md).')
  .argument('<recordings...>', 'folders of recordings, under results/ or recordings/')
  .requiredOption('--out <file>', 'file whose name ends in .parquet or .csv', place);

export const ended = main(() => {
  const { args } = command.parse();
  const { out } = command.opts<{ out: string }>();
  const rows = writeTable(args, out);
  print(`table: ${out}, ${plural(rows, 'run')}, ${columns.length} columns`);
  return Promise.resolve(0);
});
