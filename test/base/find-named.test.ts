import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../../base/user-error.ts';
import { alternatives, findNamed } from '../../base/find-named.ts';

const list = [
  { name: 'mixed-dimension', aliases: ['md', 'mde'] },
  { name: 'hashing-trick', aliases: ['hash'] },
  { name: 'full' },
];

test('finds by name and alias, in any case', () => {
  for (const name of ['mixed-dimension', 'md', 'mde', 'MD'])
    expect(findNamed(list, 'method', name)).toBe(list[0]);
  expect(findNamed(list, 'method', 'full')).toBe(list[2]);
});

test.each([
  ['mixed-dimention', 'mixed-dimension'],
  ['mixed', 'mixed-dimension'],
  ['mdd', 'md'],
  ['ful', 'full'],
  ['hsah', 'hash'],
])('%s: did you mean %s?', (wanted, meant) => {
  expect(() => findNamed(list, 'method', wanted)).toThrow(
    `no method is called "${wanted}": there are mixed-dimension, hashing-trick, full; did you mean ${meant}?`,
  );
});

test.each(['', 'x', 'quotient', 'tensor-train'])('%o is near nothing: the names alone', (wanted) => {
  expect(alternatives(['full', 'md'], wanted)).toBe('full, md');
});

test('of many names only the number and the nearest are said', () => {
  const many = Array.from({ length: 45 }, (_, i) => `name-${i}`);
  expect(alternatives(many, 'nmae-7')).toBe('45, see npm run list; did you mean name-7?');
});

test('what is no name is a UserError of one line', () => {
  const names = list.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  const word = fc.stringMatching(/^[a-z-]{0,20}$/).filter((text) => !names.includes(text));
  fc.assert(
    fc.property(word, (wanted) => {
      expect(() => findNamed(list, 'method', wanted)).toThrow(UserError);
      expect(() => findNamed(list, 'method', wanted)).toThrow(/^[^\n]*$/);
    }),
  );
});
