import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellWord, shellWords } from '../../base/shell-word.ts';

test('the words of a line are those that it was made of', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { maxLength: 6 }), (words) => {
      expect(shellWords(words.map(shellWord).join(' '))).toEqual(words);
    }),
  );
  expect(shellWords("--method 'int8(md)' --note 'it'\\''s'")).toEqual([
    '--method',
    'int8(md)',
    '--note',
    "it's",
  ]);
  expect(shellWords('')).toEqual([]);
});

test('a line with open quotes has no words', () => {
  expect(shellWords("--note 'open")).toBeUndefined();
  expect(shellWords('a\\')).toBeUndefined();
});
