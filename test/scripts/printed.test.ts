import { afterEach, expect, test, vi } from 'vitest';
import { aligned } from '../../scripts/terminal/aligned.ts';
import {
  complain,
  complainLine,
  plainLine,
  plainText,
  print,
  printJson,
} from '../../scripts/terminal/printed.ts';
import { runHere } from './run-here.ts';

/** Every way to steer a terminal: ESC, the one-character CSI, backspace, carriage return, delete, and turned text. */
const hostile = 'a\u001b[31mred\u001b]0;title\u0007\u009b2J\b\r\u007f\u202etxt\u2028b';
// eslint-disable-next-line no-control-regex
const steers = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028]/;

afterEach(() => vi.restoreAllMocks());

test('what would steer a terminal is shown as what it is', () => {
  expect(plainText('\u001b[31m\n\t\u009b\u202e')).toBe('\\x1b[31m\n\t\\x9b\\u202e');
  expect(plainText('é ± − 漢 👍🏽')).toBe('é ± − 漢 👍🏽');
  expect(plainLine('two \n lines\u0007')).toBe('two lines\\x07');
  expect(aligned([[hostile, '1\n2']], 1)).not.toMatch(steers);
});

test('all that is printed goes through it', () => {
  const [out, err] = (['log', 'error'] as const).map((name) => vi.spyOn(console, name).mockReturnValue());
  print(hostile);
  complain(hostile);
  expect([out, err].map(({ mock }) => String(mock.calls[0][0])).join()).not.toMatch(steers);
});

test('a line about an error has an end, however long what it quotes', () => {
  const err = vi.spyOn(console, 'error').mockReturnValue();
  complainLine(`error: ${'😀'.repeat(5000)}\nand more\u001b; choose another --out`);
  const [[line]] = err.mock.calls as [[string]];
  expect(line.length).toBeLessThanOrEqual(500);
  expect(line).toMatch(/^error: 😀.* … .*and more\\x1b; choose another --out$/u);
  expect(line).not.toMatch(/[\ud800-\udfff]/u);
  complainLine('error: short');
  expect(err.mock.lastCall).toEqual(['error: short']);
});

test('JSON says the same in other characters', () => {
  const out = vi.spyOn(console, 'log').mockReturnValue();
  printJson({ [hostile]: [hostile] });
  const [[text]] = out.mock.calls as [[string]];
  expect(text).not.toMatch(steers);
  expect(JSON.parse(text)).toEqual({ [hostile]: [hostile] });
});

test.each<[verb: string, args: string[]]>([
  ['bench', ['--method', 'md', '--dataset', 'criteo', '--data', `/nowhere/${hostile}`]],
  ['bench', ['--method', 'md', '--watch', hostile]],
  ['compare', [`/nowhere/${hostile}`, 'b']],
])(
  '%s says in one line what is wrong with a hostile argument, and obeys none of it',
  { timeout: 60_000 },
  async (verb, args) => {
    const { exitCode, stdout, stderr } = await runHere(verb, args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('\\x1b[31mred');
    expect(stderr).not.toMatch(steers);
    expect(stderr.split('\n')).toHaveLength(1);
  },
);
