import { analyze } from '../analysis/recording.ts';
import { defaultMargin } from '../analysis/verdicts/noise.ts';
import { UserError } from '../base/user-error.ts';
import { readRecording } from '../results/store.ts';
import { main } from './terminal/main.ts';
import { marginOf } from './options/values.ts';
import { settingHeadings } from './results/setting-headings.ts';
import { verdictTable } from './results/verdict-table.ts';
import { verdictsJson } from './results/verdicts-json.ts';
import { print, printJson } from './terminal/printed.ts';
import { verb } from './options/verb.ts';

const command = verb('verdicts', '<recording> [options]')
  .description(
    'Counts the verdicts of every budget of a recording, says how far its highest method may be below the best, and how stable the ' +
      'verdicts are without one method or one seed: a Markdown table.',
  )
  .argument('<recording>', 'folder of a recording, under results/ or recordings/')
  .option('--margin <auc>', 'least difference that matters: equivalent is less', marginOf, defaultMargin)
  .option('--earlier', 'a column of what the rule of version 0.1 called behind and tied')
  .option('--json', 'print all verdicts as one JSON object');

export const ended = main(() => {
  const [folder] = command.parse().args;
  const { margin, earlier = false, json } = command.opts<{ margin: number; earlier?: true; json?: true }>();
  const recording = readRecording(folder);
  const { comparisons, rowNoiseProblem } = analyze(recording, margin);
  if (comparisons.every(({ rankings }) => rankings.length === 0))
    throw new UserError(
      `${folder}: no method was trained at a budget, so there is nothing to judge; record with --method`,
    );
  if (json) printJson(verdictsJson(recording, margin));
  else {
    const headings = settingHeadings(comparisons.map(({ setting }) => setting));
    const tables = comparisons.map((one, i) =>
      [...headings[i], verdictTable(one, recording, { margin, earlier })].join('\n\n'),
    );
    print([...tables, ...(rowNoiseProblem === '' ? [] : [rowNoiseProblem])].join('\n\n'));
  }
  return Promise.resolve(0);
});
