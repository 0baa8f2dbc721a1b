import { gzipSync } from 'node:zlib';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runHere } from './run-here.ts';
import { tiny } from './run-script.ts';

/** A mistake of the user gives exit code 2 and one line on stderr with the problem, its place and advice. */

const folder = mkdtempSync(join(tmpdir(), 'mistakes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string) => join(folder, name);
const file = (name: string, content: string | Buffer) => {
  writeFileSync(path(name), content);
  return path(name);
};

const line = (label: string | number) =>
  [label, ...Array<number>(13).fill(1), ...Array<string>(26).fill('68fd1e64')].join('\t');
const log = (n: number) => Array.from({ length: n }, (_, i) => line(i % 2));
const whole = gzipSync(
  log(500)
    .map((text, i) => text.replace('68fd1e64', (i * 7919).toString(16).padStart(8, '0')))
    .join('\n'),
);
mkdirSync(path('folder'));
const plain = file('plain.tsv', log(50).join('\n'));

const cache = ['--cache', path('cache')];
const planted = ['--method', 'md', '--rows', '300', '--seeds', '1', ...tiny, ...cache];
const criteo = (data: string) => [
  '--method',
  'md',
  '--seeds',
  '1',
  ...tiny,
  ...cache,
  '--dataset',
  'criteo',
  '--data',
  data,
];

type Mistake = readonly [args: readonly string[], says: string | RegExp];

const flags: Mistake[] = [
  [[], 'say what to compare: --method md, or --suite quick'],
  [['--metod', 'md'], "unknown option '--metod' (Did you mean --method?)"],
  [['md'], 'Options follow two dashes: npm run bench -- --option value'],
  [['--method', 'md', '--dim'], "'--dim <n>' argument missing; npm run bench -- --help"],
  [['--method', 'md', '--method', 'qr'], '--method is given twice; give one list, separated by commas'],
  [
    ['--method', 'md', '--set', 'md.temperature=0.1', '--set', 'mixed-dimension.temperature=0.2'],
    'are one option: set it once',
  ],
  [['--method', 'md', '--set', 'foo.x=1'], 'no method, model, data set or optimizer is called "foo"'],
  [['--method', 'md', '--bottom', '0'], 'Expected widths joined by dashes, such as 512-256-64'],
  [['--method', 'md', '--set', 'planted.scale=0'], '--set planted.scale=0: Expected: number, above 0'],
  [['--method', 'md', '--rows', '0'], "argument '0' is invalid. Expected: whole number, 100 to 1000000000."],
  [['--method', 'md', '--gradients', 'sbpca:65'], 'sbpca:K with K from 1 to 64'],
  [['--method', 'md', '--activations', '8,3'], '"3" is none of 32 (as they are), 8, 4 and 2 bits'],
  [['--method', 'md', '--compression', '0.5'], '"0.5" is no compression ratio'],
];

const names: Mistake[] = [
  [['--method', 'mdd'], /no method is called "mdd": there are .*; did you mean md\?$/],
  [['--method', 'int8(md'], '"int8(md": brackets hold a method'],
  [['--method', 'md', '--dataset', 'criteoo'], 'did you mean criteo?'],
  [['--suite', 'quik'], 'did you mean quick?'],
  [['--method', 'md', '--backend', 'wsm'], 'did you mean wasm?'],
  [['--method', 'md', '--model', 'dlmr'], 'did you mean dlrm?'],
  [['--method', 'md', '--set', 'md.temprature=1'], 'did you mean temperature?'],
  [['--method', 'md', '--set', 'hash.keep=1'], 'hashing-trick is not among the methods that run'],
];

const data: Mistake[] = [
  [
    ['--method', 'md', '--data', plain],
    'planted takes no --data: add --dataset criteo or criteo-terabyte or ',
  ],
  [['--method', 'md', '--dataset', 'criteo'], '--data FILE'],
  [criteo(path('nowhere.txt')), `${path('nowhere.txt')}: no such file`],
  [criteo(path('folder')), `${path('folder')}: is a directory`],
  [criteo(file('empty.tsv', '')), 'the file is empty'],
  [criteo(file('bad.tsv', log(50).toSpliced(3, 0, 'a\tb').join('\n'))), /bad\.tsv:4: .*--max-bad-lines/],
  [criteo(file('cut.tsv', log(50).join('\n').slice(0, -30))), /cut\.tsv:50: /],
  [criteo(file('cut.tsv.gz', whole.subarray(0, whole.length / 2))), 'the gzip data end too early'],
  [criteo(file('label.tsv', log(50).toSpliced(6, 0, line(7)).join('\n'))), /label\.tsv:7: .*label/],
  [
    criteo(file('clicks.tsv', Array<string>(100).fill(line(1)).join('\n'))),
    'all of them clicks: AUC needs both; every row of the log has the label 1: check which values are clicks',
  ],
  [
    [
      ...['--method', 'md', '--dataset', 'table', '--label', 'y', '--categorical', 'id', '--weight', 'w'],
      ...['--data', file('weights.csv', `y,id,w\n${'0,a,1\n1,b,0\n'.repeat(70)}`)],
    ],
    'rows with a weight above 0, none of them clicks: AUC needs both',
  ],
  [[...criteo(plain), '--scale', '2'], 'criteo takes no --scale'],
];

const places: Mistake[] = [
  [[...planted, '--threads', '4', '--backend', 'wasm'], 'the wasm backend has one thread'],
  [[...planted, '--out', join(plain, 'deep')], 'a part of this path is a file; choose another --out'],
  [[...planted, '--out', plain], 'is a file; choose another --out'],
  [[...planted, '--out', ''], "argument '' is invalid. Expected a path."],
  [[...planted, '--cache', ''], "argument '' is invalid. Expected a path."],
];

const throughput: Mistake[] = [
  [['--method', 'md', '--threads', '1,2'], '--threads 1,2: several values are for --suite throughput'],
  [['--suite', 'throughput', '--python', path('python')], `--python ${path('python')}: no such program`],
  [
    ['--suite', 'throughput', '--no-peer', '--backend', 'wasm', '--dim', '4096', '--method', 'full'],
    /^error: 1 configuration takes 553.* GB.* free: ask for fewer/,
  ],
];

function refused(verb: string, mistakes: readonly Mistake[]): void {
  describe(`npm run ${verb}`, { timeout: 120_000 }, () => {
    test.each(mistakes)('%j', async (args, says) => {
      const { exitCode, stdout, stderr } = await runHere(verb, args);
      const lines = stderr.split('\n').filter((text) => !text.startsWith('preparing: '));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^error: /);
      if (typeof says === 'string') expect(lines[0]).toContain(says);
      else expect(lines[0]).toMatch(says);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    });
  });
}

refused('bench', [...flags, ...names, ...data, ...places, ...throughput]);
refused('report', [
  [[path('nowhere')], 'no such recording'],
  [[], "missing required argument 'recording'; npm run report -- --help"],
]);
refused('data', [
  [['crite', plain], 'did you mean criteo?'],
  [['planted', '--scale', '1,2'], '--scale 1,2: several values'],
  [['criteo', '--write-tsv', path('x.tsv')], 'criteo needs its train file: --data FILE'],
]);
refused('list', [
  [['--jsn'], '(Did you mean --json?)'],
  [['--method', 'robee'], 'did you mean robe?'],
  [['--method', 'robe', '--json'], 'leave --method out'],
]);

test.each(['bench', 'doctor'])('%s --help shows defaults as they are typed', async (verb) => {
  const { stdout } = await runHere(verb, ['--help']);
  expect(stdout).toMatch(/\(default:\s/);
  expect(stdout).not.toMatch(/default:\s+\[/);
});
