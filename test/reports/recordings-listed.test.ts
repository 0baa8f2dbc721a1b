import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** recordings/README.md lists every recording with the commit that made it. */

const folder = join(import.meta.dirname, '../../recordings');
const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name); // prettier-ignore
const page = readFileSync(join(folder, 'README.md'), 'utf8');

test.each(names)('%s is listed with its commit', (name) => {
  const { commit } = JSON.parse(readFileSync(join(folder, name, 'environment.json'), 'utf8')) as {
    commit: string;
  };
  expect(page).toContain(`| [${name}](${name}) | ${commit.slice(0, 8)} | `);
});

test('nothing else is listed', () => {
  const listed = [...page.matchAll(/^\| \[([^\]]+)\]\(\1\) \|/gm)].map(([, name]) => name);
  expect(listed.toSorted()).toEqual(names.toSorted());
});
