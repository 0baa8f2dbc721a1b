import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { addon } from './addon.ts';
import { describeNative } from './describe-native.ts';
import { everything } from './everything.ts';

const timeout = 60_000;

/** TypeScript in a worker needs tsx in it. */
function start(threads: readonly number[], endless = false): Worker {
  const [loader, file] = [import.meta.resolve('tsx/esm/api'), new URL('./worker.ts', import.meta.url)];
  const code = `import(${JSON.stringify(loader)}).then(({ register }) => register()).then(() => import(${JSON.stringify(file)}))`;
  return new Worker(code, { eval: true, workerData: { threads, endless } });
}

type Digests = Record<string, string>;

/** The messages that a worker posted until it ended. */
async function results(worker: Worker): Promise<Digests[]> {
  const posted: Digests[] = [];
  worker.on('message', (found: Digests) => posted.push(found));
  await new Promise((resolve, reject) => worker.once('exit', resolve).once('error', reject));
  return posted;
}

describeNative('worker threads', () => {
  test('have pools of their own: the same bits in three at once and here', { timeout }, async () => {
    addon.configure(2);
    const expected = everything(addon);
    const workers = [[1, 4], [2, 3], [5, 1]].map((threads) => results(start(threads))); // prettier-ignore
    for (let i = 0; i < 3; i++) expect(everything(addon)).toEqual(expected); // while they compute
    expect(await Promise.all(workers)).toEqual(Array(3).fill([expected, expected]));
    addon.configure(1);
  });

  test('may be ended while they compute, and this one goes on', { timeout }, async () => {
    const expected = everything(addon);
    for (const wait of [0, 3, 40]) {
      const worker = start([3, 2], true);
      await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
      await setTimeout(wait);
      expect(await worker.terminate()).toBe(1);
    }
    expect(everything(addon)).toEqual(expected);
  });
});
