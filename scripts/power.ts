import { analyze } from '../analysis/recording.ts';
import { planOf } from '../analysis/power/plan.ts';
import { UserError } from '../base/user-error.ts';
import { readRecording } from '../results/store.ts';
import { main } from './terminal/main.ts';
import { marginOf, wholeNumber } from './options/values.ts';
import { powerLines } from './results/power-lines.ts';
import { settingHeadings } from './results/setting-headings.ts';
import { print, printJson } from './terminal/printed.ts';
import { verb } from './options/verb.ts';

const command = verb('power', '<recording> [options]')
  .description(
    'Tells how many seeds and test rows show a difference of AUC, and how long they take on this machine, by the noise of a ' +
      'recording; and the smallest difference that the recording itself could have found.',
  )
  .argument('<recording>', 'folder of a recording, under results/ or recordings/')
  .option('--difference <auc>', 'difference to show', marginOf, 0.001)
  .option('--methods <n>', 'number of methods (default: as in the recording)', wholeNumber(2))
  .option('--rows <n>', 'number of test rows (default: several)', wholeNumber(10))
  .option('--json', 'print one JSON object');

interface Asked {
  readonly difference: number;
  readonly methods?: number;
  readonly rows?: number;
  readonly json?: boolean;
}

export const ended = main(() => {
  const [folder] = command.parse().args;
  const { difference, methods, rows, json } = command.opts<Asked>();
  const recording = readRecording(folder);
  const { comparisons, rowNoiseProblem } = analyze(recording);
  const plans = comparisons.flatMap((comparison) => {
    const plan = planOf(recording, comparison, { difference, methods, rows });
    return plan === undefined ? [] : [{ setting: comparison.setting, ...plan }];
  });
  if (plans.length === 0)
    throw new UserError(
      `${folder}: holds no two methods with two common seeds, so nothing is known of noise; record with --seeds 3`,
    );
  if (json) printJson({ recording: folder, difference, rowNoiseProblem, plans });
  else {
    const headings = settingHeadings(plans.map(({ setting }) => setting));
    const lines = plans.flatMap((plan, i) => [...headings[i], ...powerLines(plan)]);
    print([...lines, ...(rowNoiseProblem === '' ? [] : [rowNoiseProblem])].join('\n'));
  }
  return Promise.resolve(0);
});
