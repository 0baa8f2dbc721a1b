import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/**
 * Comments say their subject first. A comment that opens with a bare preposition or question word ("Of every row", "What is timed")
 * leaves its noun out, and most readers read it twice. This test lists such comments of TypeScript and C++.
 */

const root = join(import.meta.dirname, '../..');

/** Words that no comment opens with. */
const bare =
  /^(Of|Where|Whether|What|Which|Whose|Than|That|Not|As|By|To|From|At|On|Into|Onto|Over|Among|Beside|Besides)\b/;

/** Words that may open a whole sentence ("With one seed, ..."), but not a fragment ("For the live page."). */
const opening = /^(In|For|With|Without|After|Before|Between|Until|Below|Above|Under)\b/;

/** The comments of a text: blocks, and runs of line comments; `#` lines of scripts. */
function commentsOf(text: string, script = false): string[] {
  if (script)
    return [...text.matchAll(/(?:^[ \t]*#(?!!).*\n?)+/gm)].map(([lines]) =>
      lines
        .replace(/^[ \t]*#[ \t]*/gm, '')
        .replace(/\s+/g, ' ')
        .trim(),
    );
  const found = text.matchAll(/\/\*([^]*?)\*\/|(?:^[ \t]*\/\/.*\n?)+|(?<=[\s;{(,])\/\/ .*$/gm);
  return [...found].map(([comment, block]) =>
    (block ?? comment)
      .replace(/^[ \t]*(?:\*|\/\/)?[ \t]*/gm, '')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

export function opensBarely(comment: string): boolean {
  const [sentence] = comment.split(/[.;:](?:\s|$)/);
  return (
    bare.test(comment) || (opening.test(comment) && !sentence.includes(',') && sentence.split(' ').length < 9)
  );
}

test('a fragment is told from a sentence', () => {
  const fragments = ['Of every row, where asked for.', 'What is timed.', 'For the live page.', 'In words.'];
  const sentences = ['Bytes of every row.', 'With one seed, the interval covers rows alone.', 'Forty rows.'];
  expect(fragments.filter(opensBarely)).toEqual(fragments);
  expect(sentences.filter(opensBarely)).toEqual([]);
  expect(commentsOf('/** A. */ x; // B\n  // c\n  // d\n/* e */')).toEqual(['A.', 'B', 'c d', 'e']);
});

test('comments say their subject first', () => {
  const kinds = ['*.ts', '*.js', '*.css', '*.cpp', '*.h', '*.py', '*.yml', '*.sh', '.ci/run'];
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', ...kinds], {
    cwd: root,
    encoding: 'utf8',
  });
  const found = files
    .trim()
    .split('\n')
    .flatMap((file) =>
      commentsOf(readFileSync(join(root, file), 'utf8'), /\.(py|yml|sh)$|^\.ci/.test(file))
        .filter(opensBarely)
        .map((comment) => `${file}: ${comment.slice(0, 100)}`),
    );
  expect(found).toEqual([]);
});
