import { projectRoot } from '../base/project-root.ts';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeWhole } from '../files/whole-file.ts';
import { UserError } from '../base/user-error.ts';
import { methods } from '../methods/index.ts';
import { readRecording } from '../results/store.ts';
import { main } from './terminal/main.ts';
import { print } from './terminal/printed.ts';
import { verb } from './options/verb.ts';
import { testReport, verificationPage } from './documents/verification-table.ts';

const command = verb('verification', '--tests <file> --throughput <recording>')
  .description(
    'Writes docs/verification.md: the results of the tests of each method, and its training speed compared with full.',
  )
  .requiredOption('--tests <file>', 'report of npm test -- --reporter=json --outputFile <file>')
  .requiredOption('--throughput <recording>', 'a recording of --suite throughput --method all');

export const ended = main(() => {
  const { tests, throughput } = command.parse().opts<{ tests: string; throughput: string }>();
  const page = verificationPage(
    methods.map(({ name }) => name),
    readReport(tests),
    { name: basename(throughput), records: readThroughput(throughput) },
  );
  writeWhole(join(projectRoot, 'docs/verification.md'), page);
  print('docs/verification.md');
  return Promise.resolve(0);
});

function readThroughput(directory: string) {
  const { throughput } = readRecording(directory);
  if (throughput === undefined) throw new UserError(`${directory}: not a recording of --suite throughput`);
  return throughput;
}

function readReport(file: string) {
  try {
    return testReport.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new UserError(`${file}: not what vitest's JSON reporter writes (${(error as Error).message})`);
  }
}
