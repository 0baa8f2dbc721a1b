import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compressionOf } from '../../../results/counted-bytes.ts';
import type { CompletedRun } from '../../../results/record.ts';
import { readRowCovariances, type RowCovariances, writeRowCovariances } from '../../../results/row-noise.ts';
import { sealed } from '../../../results/sealed-line.ts';
import { edit, editRun, environmentIn, identified, runsIn, writeRuns } from './made-recording.ts';

const file =
  (...names: string[]) =>
  (copy: string) =>
    join(copy, ...names);
const environmentFile = file('environment.json');

/** Forgeries, each with the reason for which it is to be refused. Checks of lines fit where nothing else is said. */
export const forgeries: [what: string, forge: (copy: string) => void | Promise<void>, reason: RegExp][] = [
  [
    'a score is changed',
    (copy) =>
      editRun(copy, 'mixed-dimension', (run) => ({
        ...run,
        quality: { ...run.quality, auc: run.quality.auc + 0.01 },
      })),
    /^run \w+: quality\.auc is 0\.\d+, its scores of the test rows give 0\.\d+$/,
  ],
  [
    'a digit is changed, and the check is not',
    (copy) =>
      edit(join(copy, 'runs.jsonl'), (text) =>
        text.replace(/"accuracy":0\.(\d)/, (_, digit: string) => `"accuracy":0.${(Number(digit) + 1) % 10}`),
      ),
    /^runs\.jsonl:1: it does not fit its check/,
  ],
  [
    'bytes are changed, with all that follows from them',
    (copy) =>
      editRun(copy, 'mixed-dimension', (run) => {
        const { size, compression } = run;
        const bytes = { ...size.bytes!, tables: size.bytes!.tables - 400 };
        const smaller = { ...size, bytes, servingBytes: size.servingBytes - 400 };
        return {
          ...run,
          size: smaller,
          compression: { ...compression, achieved: compressionOf(smaller, undefined) },
        };
      }),
    /^run \w+: size\.servingBytes is \d+, its plan gives \d+$/,
  ],
  [
    'bytes of a method of several stages are above its plan',
    (copy) =>
      editRun(copy, 'product-quantization', (run) => {
        const { size, compression } = run;
        const bytes = { ...size.bytes!, codes: size.bytes!.codes + 4e5 };
        const larger = { ...size, bytes, servingBytes: size.servingBytes + 4e5 };
        return {
          ...run,
          size: larger,
          compression: { ...compression, achieved: compressionOf(larger, undefined) },
        };
      }),
    /^run \w+: size\.servingBytes is \d+, and may be \d+ at most$/,
  ],
  [
    'bytes of keys are fewer than their number takes',
    (copy) =>
      editRun(copy, 'product-quantization', (run) => ({ ...run, size: { ...run.size, keyBytes: 4 } })),
    /^run \w+: size\.keyBytes is 4, its plan gives \d+$/,
  ],
  [
    'a ratio is not that of the bytes',
    (copy) => editRun(copy, 'full', (run) => ({ ...run, compression: { ...run.compression, achieved: 2 } })),
    /^run \w+: compression\.achieved is 2, its plan gives 1$/,
  ],
  [
    'an id is of other settings',
    (copy) => editRun(copy, 'mixed-dimension', (run) => ({ ...run, learningRate: 0.02 })),
    /^run (\w+): its settings have the id (?!\1)\w{16}$/,
  ],
  [
    'settings and their id are none of the command',
    async (copy) => {
      const [first, ...rest] = runsIn(copy);
      const other = await identified(copy, { ...first, seed: 3 });
      renameSync(join(copy, 'scores', `${first.id}.f32`), join(copy, 'scores', `${other.id}.f32`));
      writeRuns(copy, [other, ...rest]);
    },
    /^run \w+: is no run of the command: full at 1x with seed 3$/,
  ],
  [
    'the environment is missing',
    (copy) => rmSync(environmentFile(copy)),
    /^environment\.json: it is missing$/,
  ],
  [
    'the machine is not told',
    (copy) => edit(environmentFile(copy), (text) => text.replace(/"cpu": "[^"]*",\s*/, '')),
    /^environment\.json: .*cpu/,
  ],
  [
    'a method is unknown',
    (copy) => editRun(copy, 'mixed-dimension', (run) => ({ ...run, method: 'my-own-method' })),
    /^run \w+: no method is called "my-own-method"/,
  ],
  [
    'a run stands there twice',
    (copy) => edit(join(copy, 'runs.jsonl'), (text) => text + text.slice(0, text.indexOf('\n') + 1)),
    /^run \w+: stands there twice/,
  ],
  [
    'a run is another one under another seed',
    (copy) => {
      const runs = runsIn(copy);
      const [one, two] = runs.filter((run) => run.method === 'full') as CompletedRun[];
      const { quality, curve } = one;
      writeFileSync(
        join(copy, 'scores', `${two.id}.f32`),
        readFileSync(join(copy, 'scores', `${one.id}.f32`)),
      );
      writeRuns(
        copy,
        runs.map((run) => (run === two ? { ...two, quality, curve } : run)),
      );
    },
    /^run \w+: has the learning curve and the quality of run \w+, to the last bit, with another seed$/,
  ],
  [
    'the seed of the generated data is another',
    (copy) => edit(environmentFile(copy), (text) => text.replace('--rows 1500', '--rows 1500 --data-seed 7')),
    /^environment\.json: data\.fingerprint.*: the command gives other data than it says$/,
  ],
  [
    'rows of a log lie beside it',
    (copy) => writeFileSync(join(copy, 'train.txt'), '1\t5\t110\t68fd1e64\n'),
    /^train\.txt: no file of a contribution: .*rows of a log/,
  ],
  [
    'rows of a log are among the facts',
    (copy) =>
      edit(environmentFile(copy), (text) =>
        text.replace('"facts": {', '"facts": { "examples": ["68fd1e64"],'),
      ),
    /^environment\.json: data\.facts\.examples: no preparation writes it/,
  ],
  [
    'a row of a log is a text of a run',
    (copy) => editRun(copy, 'full', (run) => ({ ...run, network: '1\t5\t110\t68fd1e64' })),
    /^runs\.jsonl:1: network: has tabs or line feeds, as rows of a log have/,
  ],
  [
    'a member is hidden in a record',
    (copy) => editRun(copy, 'full', (run) => ({ ...run, rows: [[1, 5, 110]] })),
    /^runs\.jsonl:1: has members that no version writes$/,
  ],
  [
    'a run is left out',
    (copy) => writeRuns(copy, runsIn(copy).slice(1)),
    /^contribution\.json: it is of \d+ runs, runs\.jsonl has \d+$/,
  ],
  [
    'covariances are not those of its scores',
    (copy) => {
      const { rows, budgets } = readRowCovariances(
        copy,
        environmentIn(copy).data.rows.test,
      ) as RowCovariances;
      const narrower = budgets.map((one) => ({
        ...one,
        covariances: one.covariances.map((value) => value / 4),
      }));
      writeRowCovariances(copy, { rows, budgets: narrower });
    },
    /^row-noise\.jsonl: its covariances are not those that the scores give$/,
  ],
  [
    'a member stands in a record twice',
    (copy) =>
      edit(join(copy, 'runs.jsonl'), (text) =>
        text.replace(
          /^(.*?)"quality":(.*),"check":"\w+"\}\n/,
          (_, before: string, after: string) =>
            `${sealed(`${before}"quality":{"auc":1},"quality":${after}}`)}\n`,
        ),
      ),
    /^runs\.jsonl:1: is not written as records are$/,
  ],
  [
    'labels are not those of the data',
    (copy) => {
      const labels = readFileSync(file('scores', 'labels.u8')(copy));
      labels[0] = 1 - labels[0];
      writeFileSync(file('scores', 'labels.u8')(copy), labels);
    },
    /^scores\/labels\.u8: are not the labels of the data$/,
  ],
  ['scores are missing', (copy) => rmSync(join(copy, 'scores'), { recursive: true }), /^scores: .* missing/],
  [
    'a run that can be made is infeasible',
    (copy) => {
      const runs = runsIn(copy);
      const far = runs.find((run) => run.status === 'infeasible' && run.method === 'mixed-dimension')!;
      writeRuns(
        copy,
        runs.map((run) => (run === far ? { ...far, smallestBytes: 1 } : run)),
      );
    },
    /^run \w+: smallestBytes is 1, its plan gives \d+$/,
  ],
  [
    'it says itself that maintainers ran it again',
    (copy) => writeFileSync(join(copy, 'verified.jsonl'), ''),
    /^verified\.jsonl: only maintainers say/,
  ],
  [
    'a path of a machine is told',
    (copy) =>
      edit(environmentFile(copy), (text) =>
        text.replace('"note": "a sweep of a test"', '"note": "see /home/me/log.txt"'),
      ),
    /^environment\.json: note: names a path of a machine/,
  ],
  [
    'the command is none',
    (copy) => edit(environmentFile(copy), (text) => text.replace('--rows 1500', '--rowz 1500')),
    /^environment\.json: its command cannot be read: error: unknown option '--rowz'/,
  ],
];
