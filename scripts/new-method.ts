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
    'Writes a method that works, its line in methods/index.ts and a test of it, to be changed into another method: ' +
      'methods/NAME.ts and test/methods/NAME.test.ts.',
  )
  .argument('<name>', 'lower-case words with hyphens: also what --method takes');

const root = projectUrl;

await main(() => {
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
