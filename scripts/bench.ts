import { resolve } from 'node:path';
import open from 'open';
import { throughputSuite } from '../suites/index.ts';
import { benchCommand, type BenchOptions } from './options/bench-options.ts';
import { loadNamedPlugins } from './options/plugin-options.ts';
import { main } from './terminal/main.ts';

export const ended = main(async () => {
  await loadNamedPlugins();
  const command = benchCommand().parse();
  const options = command.opts<BenchOptions>();
  // Help loads neither.
  const bench =
    options.suite === throughputSuite.name
      ? (await import('./bench/throughput.ts')).benchThroughput
      : (await import('./bench/training.ts')).benchTraining;
  const { report, exitCode } = await bench(command);
  if (options.open && report !== undefined) await open(resolve(report));
  return exitCode;
});
