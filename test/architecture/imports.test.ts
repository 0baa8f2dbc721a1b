import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { datasets } from '../../datasets/index.ts';
import { models } from '../../harness/models/index.ts';
import { methods } from '../../methods/index.ts';

/** Rooms that every room may import. */
const everywhere = ['base', 'tensors', 'harness/rules', 'harness/contract'];

const everythingBelowScripts = [
  ...everywhere,
  'files',
  'harness',
  'methods',
  'datasets',
  'backends',
  'results',
  'analysis',
  'serving',
  'suites',
  'reports',
  'plugins',
];

/** The rooms that each room may import besides itself; a room not named on the right is closed. */
const doors: Record<string, readonly string[]> = {
  base: [],
  tensors: [],
  'harness/rules': ['base', 'tensors'],
  'harness/contract': ['base', 'tensors', 'harness/rules'],
  'harness/ops': everywhere,
  files: ['base'],
  harness: [...everywhere, 'harness/ops'],
  methods: [...everywhere, 'harness/ops'],
  datasets: [...everywhere, 'files'],
  backends: [...everywhere, 'files'],
  results: [...everywhere, 'files'],
  analysis: [...everywhere, 'results'],
  plugins: [...everywhere, 'files', 'harness', 'harness/ops', 'methods', 'datasets'],
  // It traces what the harness trains, stores tables in its forms, and reads the tokens of logs.
  serving: [...everywhere, 'files', 'harness', 'datasets', 'results'],
  suites: [
    ...everywhere,
    ...['files', 'harness', 'methods', 'datasets', 'plugins', 'backends', 'results', 'analysis', 'serving'],
  ],
  reports: [...everywhere, 'files', 'results', 'analysis'],
  'scripts/*': everythingBelowScripts, // parts of scripts, in folders
  scripts: [...everythingBelowScripts, 'scripts/*'],
  library: [...everythingBelowScripts, 'scripts/*'],
  examples: [], // they import embed-bench, as any other package does
};

const root = join(import.meta.dirname, '../..');
const files = [...new Set(Object.keys(doors).map((room) => room.split('/')[0]))].flatMap((room) =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(room, file)),
);

function roomOf(file: string): string {
  const path = file.split('/');
  if (path[0] === 'scripts' && path.length > 2) return 'scripts/*';
  return (
    ['harness/rules', 'harness/contract', 'harness/ops'].find((room) => file.startsWith(`${room}/`)) ??
    path[0]
  );
}

/** Files of the project that a file imports, types included. */
function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'));
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => relative(root, join(root, dirname(file), fileName)));
}

const imports = new Map(files.map((file) => [file, importsOf(file)]));

test('every room of the project is in the table', () => {
  const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts'], {
    cwd: root,
    encoding: 'utf8',
  });
  const rooms = tracked
    .trim()
    .split('\n')
    .filter((file) => file.includes('/') && !file.startsWith('test/'))
    .map(roomOf);
  expect(new Set(rooms)).toEqual(new Set(Object.keys(doors)));
});

describe('a file imports only from its own room and those it may', () => {
  test.each(files)('%s', (file) => {
    const room = roomOf(file);
    const allowed = room === 'scripts' ? doors.scripts : [room, ...doors[room]]; // a script never imports a script
    for (const imported of imports.get(file)!) expect(allowed, imported).toContain(roomOf(imported));
  });
});

test('there are no import cycles', () => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) expect.fail([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (done.has(file)) return;
    for (const next of imports.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
});

/** Rooms of what is plugged in, with the names that code outside of them must not know. */
const plugIns = [
  // `full` is the baseline; `uniform` is also a distribution, and `leverage` a score of rows.
  {
    room: 'methods',
    names: methods.map(({ name }) => name).filter((name) => !['full', 'uniform', 'leverage'].includes(name)),
  },
  // A table is also what methods plan.
  { room: 'datasets', names: datasets.map(({ name }) => name).filter((name) => name !== 'table') },
  // `linear` is also an activation.
  { room: 'harness/models', names: models.map(({ name }) => name).filter((name) => name !== 'linear') },
];

/** Files that name plug-ins as data: the suites' methods, references, the programs of PyTorch by model, and a recipe named after a repository. */
const naming = [
  'suites/index.ts',
  'suites/references.ts',
  'suites/throughput/gpu-stages.ts',
  'suites/throughput/programs.ts',
  'scripts/options/recipes.ts',
];

/** All strings and names of properties in a file. */
function wordsOf(text: string): Set<string> {
  const words = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) words.add(node.text);
    if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) words.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest));
  return words;
}

test('the words of a file are its strings and properties', () => {
  const text = "if (['a'].includes(x) || 'b' == y) z({ c: 1, 'd-e': `f` }); // 'g'";
  expect(wordsOf(text)).toEqual(new Set(['a', 'b', 'c', 'd-e', 'f']));
});

test.each(plugIns)('no file outside $room/ knows one of its names', ({ room, names }) => {
  for (const file of files.filter((file) => !file.startsWith(`${room}/`) && !naming.includes(file))) {
    const words = wordsOf(readFileSync(join(root, file), 'utf8'));
    expect(
      names.filter((name) => words.has(name)),
      file,
    ).toEqual([]);
  }
});

describe('analysis/ decides and shows nothing', () => {
  const decided = files.filter((file) => file.startsWith('analysis/'));
  const textOf = (file: string) => readFileSync(join(root, file), 'utf8');

  test.each([
    [
      'formats no number',
      /\.to(Fixed|Precision|LocaleString|Exponential)\(|Intl\.|\.padStart\(|\bformat[A-Z]/,
    ],
    [
      'writes no HTML, CSS or SVG',
      /<\/?(div|span|p|a|b|small|table|t[dhr]|ul|li|h[1-6]|svg|path|section)\b|var\(--|&nbsp;/,
    ],
    ['knows no template and no chart', /handlebars|vega|\.hbs/i],
    ['reads and writes no file', /from '(node:)?(fs|path|process|child_process)/],
  ])('it %s', (_, rule) => {
    expect(decided.length).toBeGreaterThan(20);
    const code = (file: string) => textOf(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''); // without comments
    expect(decided.filter((file) => rule.test(code(file)))).toEqual([]);
  });

  test('it holds no other files than code', () => {
    const all = readdirSync(join(root, 'analysis'), { recursive: true, withFileTypes: true });
    const names = all.filter((entry) => entry.isFile()).map(({ name }) => name);
    expect(names.filter((name) => !name.endsWith('.ts') && name !== 'README.md')).toEqual([]);
  });

  test('reports/ draws what analysis/ decided, and holds no statistics', () => {
    const rule =
      /studentQuantile|pValueOf|meanInterval|pairedDifference|\bmedian\(|\bmean\(|commonNoise|summarize\(/;
    const shown = files.filter((file) => file.startsWith('reports/'));
    expect(shown.filter((file) => rule.test(textOf(file)))).toEqual([]);
  });
});

/** `cafe` for methods/cafe/sketch-state.ts, undefined for what is not inside the folder of one method. */
const methodFolderOf = (file: string) => /^methods\/(?!shared\/)([^/]+)\//.exec(file)?.[1];

test('a method has the name of its file or folder', () => {
  const names = methods.map(({ name }) => name);
  const places = imports
    .get('methods/index.ts')!
    // One file has all wrappers.
    .filter((file) => file.startsWith('methods/') && !file.includes('post-training-quantization'))
    .map((file) => file.replace(/^methods\/|(\/index)?\.ts$/g, ''));
  expect(places.sort()).toEqual(names.sort());
});

test('no method imports another method, or its parts', () => {
  for (const file of files.filter((file) => file.startsWith('methods/') && file !== 'methods/index.ts'))
    for (const imported of imports.get(file)!.filter((other) => other.startsWith('methods/'))) {
      const inside =
        imported.startsWith('methods/shared/') || methodFolderOf(imported) === methodFolderOf(file);
      expect(inside && imported !== file, `${file} imports ${imported}`).toBe(true);
      if (methodFolderOf(file) === undefined) expect(imported, file).toMatch(/^methods\/shared\//);
    }
});

test('folders are made by files/folders.ts, which ends below /proc as well', () => {
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8');
    expect(/mkdir(Sync)?\([^;]*recursive/.test(text), file).toBe(false);
  }
});
