import { projectUrl } from '../base/project-root.ts';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UserError } from '../base/user-error.ts';
import { methods, wrappers } from '../methods/index.ts';
import { main } from './terminal/main.ts';
import { newMethodFiles, requireFreeName } from './new-method/method-template.ts';
import { print } from './terminal/printed.ts';
import { verb } from './options/verb.ts';

const command = verb('new-method', 'NAME')
  .description(
    'Writes a method that works (methods/NAME.ts), its test (test/methods/NAME.test.ts) and its line in methods/index.ts. ' +
      'Change them into your method.',
  )
  .argument('<name>', 'name for --method: lower-case words with hyphens');

const root = projectUrl;

export const ended = main(() => {
  const [name] = command.parse().processedArgs as [string];
  requireFreeName(name, [...methods, ...wrappers]);
  const pathOf = (file: string) => fileURLToPath(new URL(file, root));
  const files = newMethodFiles(name, readFileSync(pathOf('methods/index.ts'), 'utf8'));
  for (const file of Object.keys(files))
    if (file !== 'methods/index.ts' && existsSync(pathOf(file)))
      throw new UserError(`${file} is there already: give the method another name`);
  for (const [file, text] of Object.entries(files)) {
    writeFileSync(pathOf(file), text);
    print(file);
  }
  print(`then: npm run check:method ${name}`);
  return Promise.resolve(0);
});
