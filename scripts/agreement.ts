import { basename, resolve } from 'node:path';
import { UserError } from '../base/user-error.ts';
import { agreement } from '../analysis/agreement/agreement.ts';
import { analyze } from '../analysis/recording.ts';
import { formatCount } from '../reports/format.ts';
import { ownSettings } from '../reports/setting-text.ts';
import { readRecording } from '../results/store.ts';
import { verb } from './options/verb.ts';
import { agreementTable, otherOptionLines, reversalLines } from './results/agreement-lines.ts';
import { main } from './terminal/main.ts';
import { complain, print, printJson } from './terminal/printed.ts';

const command = verb('agreement', '<recordings...> [options]')
  .description(
    'Tells if recordings of other data, models or sizes order the methods alike: the rank correlation at every budget that two of them share, ' +
      'what it would be if their true orders were the same, and the pairs of methods that are shown one way in one and the other way in the other.',
  )
  .argument('<recordings...>', 'folders of recordings; the comparisons of one recording are compared, too')
  .option('--json', 'print one JSON object');

export const ended = main(() => {
  const folders = command.parse().args;
  const { json } = command.opts<{ json?: true }>();
  const all = folders.flatMap((folder) => judgedIn(folder));
  const pairs = all.flatMap((first, i) => all.slice(i + 1).map((second) => ({ first, second })));
  const found = pairs.map(({ first, second }) => ({
    ...{
      first: first.name,
      second: second.name,
      sameRows: first.fingerprint !== undefined && first.fingerprint === second.fingerprint,
    },
    budgets: agreement(first, second),
  }));
  const shared = found.filter(({ budgets }) => budgets.length > 0);
  if (shared.length === 0)
    throw new UserError(
      'no two comparisons have a budget in common: name recordings of several methods, with a ratio that both have',
    );
  if (json) printJson({ pairs: shared });
  else
    print(
      shared
        .flatMap(({ first, second, budgets }) => [
          `${first}, and ${second}:`,
          agreementTable(budgets),
          ...reversalLines(budgets),
          ...otherOptionLines(budgets),
        ])
        .join('\n\n'),
    );
  for (const { first, second, sameRows, budgets } of found)
    if (budgets.length === 0) complain(`${first}, and ${second}: no budget in common`);
    else if (sameRows)
      complain(
        `${first}, and ${second}: the same rows. Their noise is largely one, so they agree more than other logs would.`,
      );
  return Promise.resolve(0);
});

/** The comparisons of a recording with names that tell them apart. */
function judgedIn(folder: string) {
  const recording = readRecording(folder);
  const { data } = recording.environment;
  const rows = data && data.rows.train + data.rows.validation + data.rows.test;
  const { comparisons } = analyze(recording);
  const settings = comparisons.map(({ setting }) => setting);
  return comparisons.map((comparison, i) => {
    const own = ownSettings(settings, i);
    const facts = data === undefined ? [] : [`${data.name}, ${formatCount(rows!)} rows`];
    const name = `${basename(resolve(folder))} (${[...facts, settings[i].model, ...(own === '' ? [] : [own])].join(', ')})`;
    return { ...comparison, name, fingerprint: data?.fingerprint };
  });
}
