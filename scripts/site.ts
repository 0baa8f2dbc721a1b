import { join } from 'node:path';
import { writeSite } from '../reports/site/write-site.ts';
import { main } from './terminal/main.ts';
import { print } from './terminal/printed.ts';
import { verb } from './terminal/verb.ts';

const command = verb('site', '[options]')
  .description('Builds a static site of all published recordings: leaderboards, methods over time, reports.')
  .option('--results <folder>', 'where recordings lie; those in folders with a date are published', 'results')
  .option('--out <folder>', 'replaced whole', 'site');

await main(async () => {
  const { results, out } = command.parse().opts<{ results: string; out: string }>();
  const { recordings, pages } = await writeSite(results, out);
  print(`${recordings} recordings, ${pages} pages\nsite: ${join(out, 'index.html')}`);
  return 0;
});
