import { execa } from 'execa';
import { expect, test } from 'vitest';
import { root } from './run-script.ts';

/** The exit code of a verb that does this. */
async function exitCodeOf(run: string): Promise<number | undefined> {
  const program = `import { main } from './scripts/terminal/main.ts'; void main(${run});`;
  const { exitCode } = await execa('node', ['--import', 'tsx', '--input-type=module', '-e', program], {
    ...{ cwd: root, reject: false },
  });
  return exitCode;
}

test('a verb has the exit code that it returns, and succeeds in no other way', async () => {
  const codes = await Promise.all([
    exitCodeOf('async () => 0'),
    exitCodeOf('async () => 1'),
    exitCodeOf('async () => { throw new Error("a defect"); }'),
    exitCodeOf('() => new Promise(() => {})'), // waits for what will never come
  ]);
  expect(codes).toEqual([0, 1, 1, 13]);
});
