import { UserError } from '../base/user-error.ts';
import { isRegression } from '../analysis/regressions/change.ts';
import { readRecording } from '../results/store.ts';
import { changeJson } from './results/change-json.ts';
import { changeLines } from './results/change-lines.ts';
import { main } from './terminal/main.ts';
import { changesOfMethods, changesOfRecordings, requireVerdicts } from './results/recorded-changes.ts';
import { defaultMargin } from '../analysis/verdicts/noise.ts';
import { list, marginOf } from './options/values.ts';
import { print, printJson } from './terminal/printed.ts';
import { verb } from './options/verb.ts';

const command = verb('compare', '<A> <B> [options], or <A> --methods a,b')
  .description(
    'Tells if B is worse than A beyond noise. Compares every method and ratio that two recordings of the same data and ' +
      'settings share, or two methods of one recording, the second minus the first. Exit code 0: nothing is worse; ' +
      '1: something is worse, or has no number where A has one; 2: they cannot be compared.',
  )
  .argument('<A>', 'folder of a recording, under results/ or recordings/')
  .argument('[B]', 'folder of another recording')
  .option(
    '--methods <names>',
    'the only methods to compare in two recordings, or the two to compare in one',
    list,
  )
  .option('--margin <auc>', 'least difference that matters: equivalent is less', marginOf, defaultMargin)
  .option('--strict', 'exit code 1 also where a difference is undecided, or has no verdict')
  .option('--json', 'print one JSON object');

interface Asked {
  readonly methods?: string[];
  readonly margin: number;
  readonly strict?: boolean;
  readonly json?: boolean;
}

export const ended = main(() => {
  const [a, b] = command.parse().args.map((name) => ({ name, recording: readRecording(name) }));
  const { methods, margin, strict, json } = command.opts<Asked>();
  if (b === undefined && methods === undefined)
    throw new UserError('say what to compare with: a second recording, or --methods a,b of this one');
  const found =
    b === undefined ? changesOfMethods(a, methods!, margin) : changesOfRecordings(a, b, methods, margin);
  if (json) printJson(changeJson(found, strict));
  else print(changeLines(found).join('\n'));
  requireVerdicts(found);
  return Promise.resolve(
    found.settings.some(({ changes }) => changes.some((one) => isRegression(one, strict))) ? 1 : 0,
  );
});
