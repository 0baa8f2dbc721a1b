import { examine, findingLines } from './doctor/findings.ts';
import { main } from './terminal/main.ts';
import { list } from './options/values.ts';
import { print, printJson } from './terminal/printed.ts';
import { verb } from './options/verb.ts';

const command = verb('doctor', '[options]')
  .description('What works on this machine, and what to do about the rest.')
  .option('--python <files>', 'where to look for PyTorch, separated by commas', list, ['python3'])
  .option('--json', 'print one JSON object');

await main(async () => {
  const { json, python } = command.parse().opts<{ json?: boolean; python: string[] }>();
  const found = await examine(python);
  if (json) printJson(found);
  else print(findingLines(found));
  return found.machine[0].ok ? 0 : 1;
});
