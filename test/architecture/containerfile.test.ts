import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../scripts/run-script.ts';

/** The Containerfile, as far as it can be checked without a container engine. */

const read = (name: string) => readFileSync(join(root, name), 'utf8');
/** The instructions, with the lines of each joined. */
const instructions = read('Containerfile')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '' && !line.startsWith('#'))
  .map((line) => {
    const [, word, rest] = /^([A-Z]+) (.+)$/.exec(line)!;
    return { word, rest };
  });
const of = (wanted: string) => instructions.flatMap(({ word, rest }) => (word === wanted ? [rest] : []));

test('it has known instructions, and begins with one image that has a tag', () => {
  const known = ['FROM', 'RUN', 'WORKDIR', 'USER', 'COPY', 'ARG', 'ENTRYPOINT', 'CMD'];
  for (const { word } of instructions) expect(known).toContain(word);
  expect(instructions[0].word).toBe('FROM');
  expect(of('FROM')).toEqual([expect.stringMatching(/^docker\.io\/library\/node:(\d+)-[a-z]+$/)]);
  for (const name of ['ENTRYPOINT', 'CMD'])
    for (const text of of(name)) expect(JSON.parse(text)).toEqual(expect.any(Array));
});

test("it has the Node that the package asks for, and runs README's commands, the packages' first", () => {
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
  const [major] = /\d+/.exec(engines.node)!;
  expect(of('FROM')[0]).toContain(`node:${major}-`);
  const [install] = /^## Install\n\n```\n([^`]*)```/m.exec(read('README.md'))!.slice(1);
  const commands = install.trim().split('\n');
  expect(commands).toEqual(['npm ci', 'npm run build:native']);
  expect(of('RUN').filter((text) => commands.includes(text))).toEqual(commands);
});

test('everything but the folder itself is made by a user that is not root', () => {
  const user = instructions.findIndex(({ word }) => word === 'USER');
  expect(of('USER')).toEqual(['node']);
  const before = instructions.slice(0, user).filter(({ word }) => word === 'RUN');
  expect(before.map(({ rest }) => rest)).toEqual(['mkdir /app && chown node:node /app']);
  for (const copied of of('COPY')) expect(copied).toMatch(/^--chown=node:node /);
});

test('what is built here stays here', () => {
  const left = read('.dockerignore').split('\n');
  const built = read('.gitignore')
    .split('\n')
    .filter((line) => line.endsWith('/') && !line.startsWith('recordings/'))
    .map((line) =>
      line.includes('*') && line !== 'backends/*/build/' ? line : line.replace(/^\/|\/$/g, ''),
    );
  for (const folder of built) expect(left).toContain(folder);
  expect(left).toContain('.git');
});
