import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../../.github/workflows');
const workflows = readdirSync(folder).map((name) => ({
  name,
  text: readFileSync(join(folder, name), 'utf8'),
}));

describe.each(workflows)('$name', ({ text }) => {
  test('takes actions at a commit, and says of which version it is', () => {
    const uses = text.split('\n').filter((line) => line.includes('uses:'));
    expect(uses.length).toBeGreaterThan(0);
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('may do no more than it says', () => {
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
  });
});

test('pull requests are checked by what anyone can run', () => {
  const { text } = workflows.find(({ name }) => name === 'checks.yml')!;
  expect(text).toMatch(/^ {2}pull_request:$/m);
  expect(text).toMatch(/run: \.ci\/run$/m);
});

test('contributed recordings are checked by what anyone can run', () => {
  const { text } = workflows.find(({ name }) => name === 'contributions.yml')!;
  expect(text).toMatch(/^ {2}pull_request:\n {4}paths: \['contributions\/\*\*'\]$/m);
  expect(text).toMatch(/run: \.ci\/contributions 3$/m);
});
