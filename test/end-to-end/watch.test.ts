import { connect, createServer } from 'node:net';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../../results/record.ts';
import { onLinux, until } from '../processes.ts';
import { runScript, scratch, startScript, tiny } from '../scripts/run-script.ts';

/** The live page of a real sweep: what it shows comes from the processes of its runs. */

function comparison(...more: string[]) {
  const folder = scratch();
  const out = join(folder, 'out');
  const asked = [
    '--method',
    'md',
    '--seeds',
    '1',
    '--compression',
    '4',
    '--rows',
    '300',
    '--backend',
    'wasm',
    '--no-references',
  ];
  return { out, args: [...asked, ...tiny, '--cache', join(folder, 'cache'), '--out', out, ...more] };
}

/** Starts it, waits for its address, and keeps what its page is sent. */
async function watched(args: readonly string[]) {
  const bench = startScript('bench', args);
  let said = '';
  bench.stderr.on('data', (text) => (said += String(text)));
  const address = () => /watch: (http:\/\/127\.0\.0\.1:\d+\/)\n/.exec(said)?.[1];
  await until(() => address() !== undefined, 60_000);
  const stream = await fetch(`${address()}events`);
  let events = '';
  const read = (async () => {
    for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) events += chunk;
  })();
  return { bench, address: address()!, read, events: () => events };
}

test('is served while the sweep runs, and no longer', { timeout: 120_000 }, async () => {
  const { out, args } = comparison('--epochs', '3', '--watch');
  const { bench, address, read, events } = await watched(args);
  expect((await fetch(address)).status).toBe(200);
  await read; // the sweep ends though this connection was open
  const { exitCode, stdout } = await bench;
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/results: .*\nreport: .*report\.html$/);
  await expect(fetch(address)).rejects.toThrow();
  expect(events()).toMatch(/"running":".*mixed-dimension 4x seed 1/);
  expect(events()).toContain('"over":"2 of 2 runs are over"');
  expect(events().split('\n\n').at(-2)).toContain('"ending":"over"');
  const records = readFileSync(join(out, 'runs.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as RunRecord); // prettier-ignore
  expect(records.map(({ status }) => status)).toEqual(['completed', 'completed']);
  // Resumed, there is nothing left to watch, and it ends.
  expect(await runScript('bench', args)).toMatchObject({ exitCode: 0 });
});

onLinux('Ctrl-C ends it and the page, whoever looks', { timeout: 120_000 }, async () => {
  const { args } = comparison('--epochs', '2000', '--watch', '0');
  const { bench, address, read, events } = await watched(args);
  const idle = connect(Number(new URL(address).port), '127.0.0.1').on('error', () => {});
  await until(() => /loss 0\.\d+/.test(events()), 60_000); // points of a curve, from a run that is not over
  bench.kill('SIGINT');
  expect(await bench).toMatchObject({ exitCode: 130 });
  await read;
  expect(events().split('\n\n').at(-2)).toContain('"ending":"stopped"');
  idle.destroy();
});

describe('a mistake', () => {
  test('a port that is taken is said before anything is prepared', { timeout: 60_000 }, async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const { exitCode, stdout, stderr } = await runScript('bench', comparison('--watch', String(port)).args);
    other.close();
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `error: --watch ${port}: another process listens there; name another port, or none for any free one`,
    });
  });

  test.each([
    [['--method', 'md', '--watch', '65536'], 'Expected a port, at most 65535.'],
    [['--suite', 'throughput', '--watch'], '--watch: it shows runs that train'],
  ])('%j is refused in one line', { timeout: 60_000 }, async (args, says) => {
    const { exitCode, stderr } = await runScript('bench', args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(says);
    expect(stderr.split('\n')).toHaveLength(1);
  });
});
