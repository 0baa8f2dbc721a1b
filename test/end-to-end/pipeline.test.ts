import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { chooseBackend } from '../../backends/index.ts';
import { auc } from '../../harness/metrics/auc.ts';
import { methods } from '../../methods/index.ts';
import { atChosenRates } from '../../analysis/comparisons/chosen-rate.ts';
import { runRecord, type RunRecord } from '../../results/record.ts';
import { readRecording } from '../../results/store.ts';
import { isLong } from '../long.ts';
import { runScript, scratch, tiny } from '../scripts/run-script.ts';

/** The whole pipeline, a raw log to a report, through the command line alone. */

const records = (directory: string): RunRecord[] =>
  readFileSync(join(directory, 'runs.jsonl'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => runRecord.parse(JSON.parse(line)));

const lastLines = (directory: string) => [
  `results: ${directory}`,
  `report: ${join(directory, 'report.html')}`,
];

test(
  'raw log, gzip, bench, report; again runs nothing; elsewhere gives the same numbers',
  { timeout: 240_000 },
  async () => {
    const folder = scratch();
    const [tsv, log] = [join(folder, 'train.tsv'), join(folder, 'train.tsv.gz')];
    const written = await runScript('data', ['planted', '--rows', '1500', '--write-tsv', tsv]);
    expect(written).toMatchObject({ exitCode: 0 });
    writeFileSync(log, gzipSync(readFileSync(tsv)));

    const what = [
      '--dataset',
      'criteo',
      '--data',
      log,
      '--cache',
      join(folder, 'cache'),
      '--no-references',
      ...tiny,
    ];
    // Threads said, because they are part of what is asked, and --jobs would share them out.
    const asked = [
      '--method',
      isLong ? 'md,hash' : 'md',
      '--compression',
      '4',
      '--seeds',
      '2',
      '--threads',
      '1',
      ...what,
    ];
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    const bench = await runScript('bench', [...asked, '--out', first]);
    expect(bench).toMatchObject({ exitCode: 0 });
    expect(bench.stdout.split('\n').slice(-2)).toEqual(lastLines(first));
    expect(bench.stdout).toMatch(
      /^change of test AUC from full, 0\.\d+ ± 0\.\d+, 2 seeds:\n {4}4x {2}highest (mixed-dimension|hashing-trick) [−+]?0\./,
    );

    const runs = records(first);
    const names = ['full', 'mixed-dimension', ...(isLong ? ['hashing-trick'] : [])];
    expect(runs.map(({ method, seed }) => `${method} ${seed}`)).toEqual(
      [1, 2].flatMap((seed) => names.map((name) => `${name} ${seed}`)),
    );
    for (const run of runs) {
      expect(run).toMatchObject({
        status: 'completed',
        recording: 'first',
        backend: await chooseBackend('auto'),
        dim: 4,
        batchSize: 64,
      });
      expect(run.dataset).toMatchObject({ name: 'criteo', protocol: 'temporal' });
      if (run.status !== 'completed') continue;
      expect(run.quality.auc).toBeGreaterThan(0.4);
      expect(run.compression.achieved).toBeGreaterThanOrEqual(run.compression.requested);
      expect(run.speed.trainSamplesPerSecond.count).toBeGreaterThan(5);
    }
    const { scores } = readRecording(first);
    for (const run of runs.filter((run) => run.status === 'completed'))
      expect(auc(scores!.of(run.id)!, scores!.labels)).toBe(run.quality.auc);
    const html = readFileSync(join(first, 'report.html'), 'utf8');
    for (const name of names) expect(html).toContain(methods.find((method) => method.name === name)!.title);

    const bytes = readFileSync(join(first, 'runs.jsonl'));
    const again = await runScript('bench', [...asked, '--out', first]);
    expect(again).toMatchObject({ exitCode: 0, stdout: bench.stdout });
    expect(again.stderr).toContain(`${runs.length} runs are recorded already`);
    expect(readFileSync(join(first, 'runs.jsonl')).equals(bytes)).toBe(true);

    const elsewhere = await runScript('bench', [
      ...asked,
      '--out',
      second,
      '--jobs',
      '2',
      '--no-scores',
      '--json',
    ]);
    expect(elsewhere).toMatchObject({ exitCode: 0 });
    const printed = JSON.parse(elsewhere.stdout) as { recording: string; report: string; runs: RunRecord[] };
    expect(printed).toMatchObject({ recording: second, report: join(second, 'report.html') });
    expect(existsSync(join(second, 'scores'))).toBe(false);
    const numbers = (of: readonly RunRecord[]) =>
      of.map((run) => run.status === 'completed' && [run.id, run.quality, run.size, run.curve]);
    expect(numbers(printed.runs)).toEqual(numbers(runs));

    const other = await runScript('bench', [
      '--method',
      'md',
      '--rows',
      '300',
      '--seeds',
      '1',
      '--cache',
      join(folder, 'cache'),
      ...tiny,
      '--no-references',
      '--out',
      first,
    ]);
    expect(other).toMatchObject({ exitCode: 2, stdout: '' });
    expect(other.stderr.split('\n').at(-1)).toMatch(
      /^error: .*first: this recording has data fingerprint .* choose another --out/,
    );
  },
);

test(
  'learning rates: every one is recorded, the report is of the chosen; again runs nothing',
  { timeout: 240_000 },
  async () => {
    const folder = scratch();
    const out = join(folder, 'out');
    const asked = [
      '--method',
      'hash,qr',
      '--compression',
      '4',
      '--seeds',
      '2',
      '--rows',
      '300',
      '--backend',
      'wasm',
      ...(isLong ? [] : ['--no-baseline']),
      '--no-references',
    ];
    const args = [...asked, '--learning-rate', '1e9,.02,.05', '--cache', join(folder, 'cache'), ...tiny];
    const bench = await runScript('bench', [...args, '--out', out]);
    expect(bench.stderr).toContain('hashing-trick 4x seed 0 rate 0.05: test AUC');
    expect(bench).toMatchObject({ exitCode: 0 }); // the rate that diverged is no failure

    const runs = records(out);
    const ran = (method: string) => runs.filter((run) => run.method === method);
    expect(ran('quotient-remainder')).toMatchObject([{ status: 'infeasible', learningRate: 0.02, seed: 0 }]);
    for (const method of isLong ? ['full', 'hashing-trick'] : ['hashing-trick']) {
      const trials = ran(method).filter(({ seed }) => seed === 0);
      expect(trials.map(({ learningRate }) => learningRate).sort()).toEqual([0.02, 0.05, 1e9]);
      expect(trials.find(({ learningRate }) => learningRate === 1e9)).toMatchObject({ diverged: true });
      const others = ran(method).filter(({ seed }) => seed > 0);
      expect(others.map(({ seed, learningRate }) => [seed, learningRate])).toEqual(
        [1, 2].map((seed) => [seed, atChosenRates(ran(method)).choices[0].rate]),
      );
    }
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain(
      'Validation AUC chose the learning rate of every method and budget separately',
    );

    const bytes = readFileSync(join(out, 'runs.jsonl'));
    const again = await runScript('bench', [
      ...args.map((arg) => (arg === '1e9,.02,.05' ? '0.05,0.02,1e9' : arg)),
      '--out',
      out,
    ]);
    expect(again).toMatchObject({ exitCode: 0, stdout: bench.stdout });
    expect(readFileSync(join(out, 'runs.jsonl')).equals(bytes)).toBe(true);
  },
);
