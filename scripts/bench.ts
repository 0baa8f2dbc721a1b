import { resolve } from 'node:path';
import open from 'open';
import { throughputSuite } from '../suites/index.ts';
import { benchCommand, type BenchOptions } from './options/bench-options.ts';
import { benchThroughput } from './bench/throughput.ts';
import { benchTraining } from './bench/training.ts';
import { main } from './terminal/main.ts';

await main(async () => {
  const command = benchCommand().parse();
  const options = command.opts<BenchOptions>();
  const bench = options.suite === throughputSuite.name ? benchThroughput : benchTraining;
  const { report, exitCode } = await bench(command);
  if (options.open) await open(resolve(report));
  return exitCode;
});
