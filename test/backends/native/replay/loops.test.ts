import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/**
 * A kernel that reads or writes numbers of tensors in JavaScript has to do so in a function that it hands to `backend.loop`: nothing
 * else runs when a step is made again.
 */
const folder = new URL('../../../../backends/native/kernels/', import.meta.url);
const inPlace = [
  /\.values(\.(fill|set|copyWithin|sort|reverse)\(|\[)/, // of an output
  /\bbackend\.(floats|integers|numbers)\([^()]*\)(\[|\.(at|slice|map|set|fill)\()/, // of an input
  /\[\w+\] = backend\.(floats|integers|numbers)\(/, // a number of an input
];

test('kernels leave the numbers of tensors to the add-on and to loops', () => {
  const lines = readdirSync(folder).flatMap((file) =>
    readFileSync(new URL(file, folder), 'utf8')
      .split('\n')
      .map((line) => `${file}: ${line.trim()}`),
  );
  expect(lines.length).toBeGreaterThan(500);
  expect(lines.filter((line) => inPlace.some((pattern) => pattern.test(line)))).toEqual([]);
  for (const bad of [
    'y.values.fill(0);',
    'loss.values[0] = 1;',
    'const [slope] = backend.floats(dy);',
    'backend.numbers(x)[0]',
  ])
    expect(
      inPlace.some((pattern) => pattern.test(bad)),
      bad,
    ).toBe(true);
});
