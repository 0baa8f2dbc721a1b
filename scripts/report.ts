import { resolve } from 'node:path';
import { Command } from 'commander';
import open from 'open';
import { writeReport } from '../reports/report.ts';
import { main } from './terminal/main.ts';

const command = new Command('report')
  .description('Rebuilds the HTML report of a recording from its records.')
  .argument('<recording>', 'a folder under results/')
  .option('--open', 'open it in a browser', false)
  .exitOverride();

await main(async () => {
  const { args } = command.parse();
  const report = await writeReport(args[0]);
  console.log(`report: ${report}`);
  if (command.opts<{ open: boolean }>().open) await open(resolve(report));
  return 0;
});
