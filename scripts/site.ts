import { join } from 'node:path';
import { writeSite } from '../reports/site/write-site.ts';
import { main } from './terminal/main.ts';
import { complainLine, print } from './terminal/printed.ts';
import { defaultMargin } from '../analysis/verdicts/noise.ts';
import { marginOf, place } from './options/values.ts';
import { verb } from './options/verb.ts';

const command = verb('site', '[options]')
  .description(
    'Builds a static site of all published recordings: leaderboards, methods over time, reports. A recording that ' +
      'cannot be read is left out, and named on stderr and on the page.',
  )
  .option(
    '--results <folder>',
    'folder of recordings; those whose names begin with a date are published',
    'recordings',
  )
  .option('--margin <auc>', 'least difference that matters: equivalent is less', marginOf, defaultMargin)
  .option('--out <folder>', 'folder of the site; all its old content is removed', place, 'site');

export const ended = main(async () => {
  const { results, out, margin } = command.parse().opts<{ results: string; out: string; margin: number }>();
  const { recordings, pages, leftOut } = await writeSite(results, out, margin);
  for (const { folder, problem } of leftOut) complainLine(`left out: ${folder}: ${problem}`);
  print(`${recordings} recordings, ${pages} pages\nsite: ${join(out, 'index.html')}`);
  return 0;
});
