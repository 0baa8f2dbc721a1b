import { afterEach, expect, test, vi } from 'vitest';
import { startLineProcess } from '../../../suites/throughput/line-process.ts';
import type { Request } from '../../../suites/throughput/messages.ts';

const request: Request = { type: 'open', backend: 'x', threads: 3 };
const never = new AbortController().signal;

/** A program that calls `answer` with every line it reads. */
function start(answer: string, environment = {}, signal = never) {
  const program = `require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const say = (what) => console.log(JSON.stringify(what));
    (${answer})(JSON.parse(line), say);
  });`;
  return startLineProcess(process.execPath, ['-e', program], environment, signal);
}

afterEach(() => vi.unstubAllEnvs());

test('one answer to each request, in order', async () => {
  const process = start('(asked, say) => say({ threads: asked.threads })');
  expect(await process.ask(request)).toEqual({ threads: 3 });
  expect(await process.ask({ ...request, threads: 4 })).toEqual({ threads: 4 });
  await process.close();
  await expect(process.ask(request)).rejects.toThrow('ended with code 0');
});

test('what it says is wrong, and how it ended, are errors', async () => {
  const wrong = start('(asked, say) => say({ error: "no such thing" })');
  await expect(wrong.ask(request)).rejects.toThrow('no such thing');
  await wrong.close();
  const crashed = start('() => { console.error("first\\nlast words"); process.exit(3); }');
  await expect(crashed.ask(request)).rejects.toThrow('ended with code 3: last words');
  await crashed.close();
  const killed = start('() => process.kill(process.pid, "SIGKILL")');
  await expect(killed.ask(request)).rejects.toThrow(/out of memory; try fewer configurations/);
  await killed.close();
});

test('a preset of OpenBLAS does not reach it, other variables do', async () => {
  vi.stubEnv('OPENBLAS_CORETYPE', 'Prescott');
  vi.stubEnv('OMP_NUM_THREADS', '7');
  vi.stubEnv('SOME_OTHER', 'kept');
  const process = start('(asked, say) => say(process.env)', { OMP_NUM_THREADS: '2' });
  const environment = await process.ask<Record<string, string>>(request);
  expect(environment).toMatchObject({ OMP_NUM_THREADS: '2', SOME_OTHER: 'kept' });
  expect(environment).not.toHaveProperty('OPENBLAS_CORETYPE');
  await process.close();
});

test('an abort ends it', async () => {
  const stop = new AbortController();
  const process = start('() => {}', {}, stop.signal);
  const asked = process.ask(request);
  stop.abort();
  await expect(asked).rejects.toThrow(/abort/i);
  await process.close();
});
