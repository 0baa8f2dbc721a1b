import { examine, findingLines } from './doctor/findings.ts';
import { main } from './terminal/main.ts';
import { list } from './options/values.ts';
import { print, printJson } from './terminal/printed.ts';
import { verb } from './options/verb.ts';

const command = verb('doctor', '[options]')
  .description('Shows which backends and programs work on this machine, and what to do about the others.')
  .option('--python <files>', 'Python programs that may have PyTorch, separated by commas', list, ['python3'])
  .option('--json', 'print one JSON object');

export const ended = main(async () => {
  const { json, python } = command.parse().opts<{ json?: boolean; python: string[] }>();
  const found = await examine(python);
  if (json) printJson(found);
  else print(findingLines(found));
  return found.machine[0].ok ? 0 : 1;
});
