import { existsSync } from 'node:fs';
import { execa, execaNode } from 'execa';
import { packageCommands } from '../base/command-spelling.ts';
import { projectRoot } from '../base/project-root.ts';
import { UserError } from '../base/user-error.ts';
import { isPath, loadPlugins } from '../plugins/index.ts';
import { findMethod } from '../suites/find-method.ts';
import { processArguments } from '../suites/process-arguments.ts';
import { pluginOption } from './options/plugin-options.ts';
import { main } from './terminal/main.ts';
import { verb } from './options/verb.ts';

const command = verb('check:method', 'NAME or ./my-method.ts [--all-options]')
  .description(
    'Checks methods against the rules for all methods (budget, counts, shapes, gradients, scale, keys, stored bytes, ' +
      "interrupted training, replayed steps), and runs a method's own tests in test/methods. Takes seconds; it does not check types.",
  )
  .argument('[names...]', 'names of methods, or files of plug-ins: all methods of a plug-in if none is named')
  .addOption(pluginOption())
  .option(
    '--all-options',
    "also check the other options that a plug-in's traits or test/methods/traits.ts name (default: default options alone)",
  );

const root = projectRoot;
/** The names of all methods; they pick the tests. */
const ofAll = [
  ...['conformance', 'gradients', 'serving', 'told-apart'].map((file) => `test/methods/${file}.test.ts`),
  'test/harness/training/resumed.test.ts',
  'test/backends/native/replay/methods.test.ts', // skipped where native is not built
];

export const ended = main(async () => {
  const asked = command.parse().processedArgs[0] as string[];
  const { allOptions = false, plugin = [] } = command.opts<{ allOptions?: boolean; plugin?: string[] }>();
  const plugins = [...plugin, ...asked.filter(isPath)];
  const loaded = await loadPlugins(plugins);
  const named = asked.filter((name) => !isPath(name)).map((name) => findMethod(name).name);
  const names =
    named.length > 0 ? named : loaded.flatMap((one) => one.plugin.methods ?? []).map(({ name }) => name);
  if (names.length === 0)
    throw new UserError(
      plugins.length === 0
        ? 'say what to check: the name of a method, or ./my-method.ts'
        : `${plugins.join(', ')}: it exports no methods, and models and data sets are not checked`,
    );
  if (packageCommands() !== undefined) return inPackage({ plugins, names, allOptions });
  const picked = `(^|[^a-z-])(?:${names.join('|')})(?![a-z-])${allOptions ? '' : '(?! \\{")'}`;
  const own = names
    .map((name) => `test/methods/${name}.test.ts`)
    .filter((file) => existsSync(`${root}${file}`));
  const asPlugins = plugins.length > 0 ? JSON.stringify({ plugins, names }) : undefined;
  // Two runs side by side: a method's own test file runs whole, whatever its titles.
  const runs = [vitest(ofAll, ['-t', picked], asPlugins), ...(own.length > 0 ? [vitest(own, [])] : [])];
  const results = await Promise.all(runs);
  return results.every(({ exitCode }) => exitCode === 0) ? 0 : 1;
});

function vitest(files: readonly string[], options: readonly string[], asPlugins?: string) {
  const args = ['run', ...files, ...options, '--maxWorkers=1', '--reporter=default', '--silent'];
  // Vitest works in this project's folder, paths of plug-ins are seen from the user's.
  return execa('vitest', args, {
    cwd: root,
    env:
      asPlugins === undefined ? {} : { EMBED_BENCH_CHECK: asPlugins, EMBED_BENCH_CHECK_FROM: process.cwd() },
    preferLocal: true,
    localDir: root,
    stdio: 'inherit',
    reject: false,
  });
}

/** A package has the rules compiled, and no Vitest. */
async function inPackage(asked: object): Promise<number> {
  const [nodeOptions, file, args] = processArguments('test/outside/check.ts');
  const all = [...args, JSON.stringify(asked)];
  const { exitCode = 1 } = await execaNode(file, all, { nodeOptions, stdio: 'inherit', reject: false });
  return exitCode;
}
