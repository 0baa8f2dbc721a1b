import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'CITATION.cff'), 'utf8');

/** Members of the file's first level, in their order; values are what stands on the same line. */
const members = new Map(
  [...text.matchAll(/^([a-z-]+):(?: (.*))?$/gm)].map(([, name, value = '']) => [name, value] as const),
);

/** Members that the schema of Citation File Format 1.2.0 knows on the first level, and those that it requires. */
const required = ['authors', 'cff-version', 'message', 'title'];
const known = [
  ...required,
  ...[
    'abstract',
    'commit',
    'contact',
    'date-released',
    'doi',
    'identifiers',
    'keywords',
    'license',
    'license-url',
  ],
  ...[
    'preferred-citation',
    'references',
    'repository',
    'repository-artifact',
    'repository-code',
    'type',
    'url',
    'version',
  ],
];

test('CITATION.cff has what the format requires, and nothing that it does not know', () => {
  expect([...members.keys()].filter((name) => !known.includes(name))).toEqual([]);
  for (const name of required) expect(members.has(name), name).toBe(true);
  expect(members.get('cff-version')).toBe('1.2.0');
  expect(members.get('type')).toBe('software');
  // A person has family-names, an entity a name.
  expect(text).toMatch(/^authors:\n(?: {2}- (?:name|family-names): \S.*\n)+/m);
  expect(text).not.toMatch(/\t/);
});

test('it is of this version and licence', () => {
  const { version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  expect({ version: members.get('version'), license: members.get('license') }).toEqual({ version, license });
});
