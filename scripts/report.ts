import { resolve } from 'node:path';
import open from 'open';
import { writePicture } from '../reports/picture.ts';
import { writeReport } from '../reports/report.ts';
import { main } from './terminal/main.ts';
import { verb } from './terminal/verb.ts';

const command = verb('report', 'results/<recording> [options]')
  .description('Rebuilds the HTML report of a recording from its records.')
  .argument('<recording>', 'a folder under results/')
  .option('--picture <file>', 'also write the chart of AUC against bytes as SVG')
  .option('--open', 'open it in a browser');

await main(async () => {
  const { args } = command.parse();
  const { picture, open: show } = command.opts<{ picture?: string; open?: boolean }>();
  const report = await writeReport(args[0]);
  if (picture !== undefined) await writePicture(args[0], picture);
  console.log(`report: ${report}`);
  if (show) await open(resolve(report));
  return 0;
});
