import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execaNode } from 'execa';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter((file) => file.includes('/') && !file.startsWith('test/'));
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');

/** The package of tfjs that a folder is made around. The native backend falls back on kernels of the cpu package. */
const ownPackages: Readonly<Record<string, string>> = {
  'backends/native': '@tensorflow/tfjs-backend-cpu',
  'backends/wasm': '@tensorflow/tfjs-backend-wasm',
  'backends/webgpu': '@tensorflow/tfjs-backend-webgpu',
  'backends/tensorflow': '@tensorflow/tfjs-node-gpu',
};

test('no file outside tensors/ imports tfjs, but for a backend its own package', () => {
  const others = files.flatMap((file) => {
    const { importedFiles } = ts.preProcessFile(textOf(file));
    const folder = Object.keys(ownPackages).find((folder) => file.startsWith(`${folder}/`));
    return importedFiles
      .map(({ fileName }) => fileName)
      .filter((name) => name.startsWith('@tensorflow/') && !file.startsWith('tensors/'))
      .filter((name) => name !== ownPackages[folder ?? ''])
      .map((name) => `${file}: ${name}`);
  });
  expect(others).toEqual([]);
});

/** Tests differentiate, count tensors and take them apart through the same door. */
const onlyInTests = ['MemoryInfo', 'grad', 'grads', 'memory', 'unstack', 'valueAndGrad'];

test('every symbol that the door lists is used', () => {
  const source = ts.createSourceFile('index.ts', textOf('tensors/index.ts'), ts.ScriptTarget.Latest);
  const listed = source.statements.flatMap((statement) =>
    ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)
      ? statement.exportClause.elements.map(({ name }) => name.text)
      : [],
  );
  expect(listed.length).toBeGreaterThan(100);
  const texts = files.filter((file) => !file.startsWith('tensors/')).map(textOf);
  const isUsed = (name: string) =>
    texts.some((text) => new RegExp(`\\btf\\.${name}\\b`).test(text) || importsByName(text).includes(name));
  expect(listed.filter((name) => !isUsed(name)).sort()).toEqual(onlyInTests);
});

/** Names in `import { ... } from '.../tensors/index.ts'`. */
function importsByName(text: string): string[] {
  const found = [...text.matchAll(/import (?:type )?\{([^}]*)\} from '[./]*tensors\/index\.ts'/g)];
  return found.flatMap(([, names]) =>
    names.split(',').map((name) => name.replace(/^\s*(type\s+)?/, '').trim()),
  );
}

test('what a run imports does not load the package that loads all of tfjs', { timeout: 60_000 }, async () => {
  const imports = ['harness/run.ts', 'backends/index.ts', 'methods/index.ts', 'harness/models/index.ts'];
  const program = `
    import { createRequire } from 'node:module';
    for (const file of ${JSON.stringify(imports.map((file) => pathToFileURL(join(root, file)).href))}) await import(file);
    console.log(JSON.stringify(Object.keys(createRequire(import.meta.url).cache)));
    process.exit(0);`;
  const { stdout } = await execaNode('--input-type=module', ['--eval', program], {
    nodeOptions: ['--import', import.meta.resolve('tsx')],
    cwd: root,
  });
  const loaded = (JSON.parse(stdout) as string[]).map((file) => relative(root, file));
  const packages = new Set(loaded.flatMap((file) => /@tensorflow\/([\w-]+)/.exec(file)?.[1] ?? []));
  expect(packages).toContain('tfjs-core');
  expect(packages).not.toContain('tfjs');
  expect(packages).not.toContain('tfjs-layers');
});
