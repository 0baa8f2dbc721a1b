import { build, isPrebuilt } from '../backends/native/build.ts';
import { main } from './terminal/main.ts';
import { print } from './terminal/printed.ts';
import { verb } from './options/verb.ts';

const command = verb('build:native', '[options]')
  .description(
    "Builds the native backend with the machine's C++ compiler. npm ci runs no scripts, and does not.",
  )
  .option('--force', 'even if nothing changed')
  .option('--optional', 'exit code 0 where it cannot be built');

export const ended = main(async () => {
  const { force, optional } = command.parse().opts<{ force?: boolean; optional?: boolean }>();
  if (!force && isPrebuilt()) {
    print('native backend: prebuilt for this machine; --force builds it here');
    return 0;
  }
  const built = await build({ force });
  switch (built.type) {
    case 'built':
      print(`native backend: built with ${built.compiler} in ${built.seconds.toFixed(1)} s`);
      return 0;
    case 'up-to-date':
      print('native backend: up to date');
      return 0;
    case 'impossible':
      print(`native backend: not built: ${built.reason}; embed-bench runs on wasm, several times slower`);
      return optional ? 0 : 1;
  }
});
