import { projectRoot } from '../base/project-root.ts';
import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { findMethod } from '../suites/find-method.ts';
import { main } from './terminal/main.ts';
import { verb } from './options/verb.ts';

const command = verb('check:method', 'NAME [--all-options]')
  .description(
    'Checks one method against the rules for all methods (budget, counts, shapes, gradients, scale, keys, stored bytes, ' +
      'interrupted training, replayed steps), and runs its own tests. Takes seconds; it does not check types (npm run types).',
  )
  .argument('<name>', 'name of the method, or a short form of it')
  .option(
    '--all-options',
    'also check the other options that test/methods/traits.ts names (default: default options alone)',
  );

const root = projectRoot;
/** The names of all methods; they pick the tests. */
const ofAll = [
  ...['conformance', 'gradients', 'serving', 'told-apart'].map((file) => `test/methods/${file}.test.ts`),
  'test/harness/training/resumed.test.ts',
  'test/backends/native/replay/methods.test.ts', // skipped where native is not built
];

export const ended = main(async () => {
  const [asked] = command.parse().processedArgs as [string];
  const { allOptions } = command.opts<{ allOptions?: boolean }>();
  const { name } = findMethod(asked);
  const picked = `(^|[^a-z-])${name}(?![a-z-])${allOptions ? '' : '(?! \\{")'}`;
  const own = `test/methods/${name}.test.ts`;
  // Two runs side by side: a method's own test file runs whole, whatever its titles.
  const runs = [vitest(ofAll, ['-t', picked]), ...(existsSync(`${root}${own}`) ? [vitest([own], [])] : [])];
  const results = await Promise.all(runs);
  return results.every(({ exitCode }) => exitCode === 0) ? 0 : 1;
});

function vitest(files: readonly string[], options: readonly string[]) {
  const args = ['run', ...files, ...options, '--maxWorkers=1', '--reporter=default', '--silent'];
  return execa('vitest', args, {
    cwd: root,
    preferLocal: true,
    localDir: root,
    stdio: 'inherit',
    reject: false,
  });
}
