import { execaSync } from 'execa';
import { expect, test } from 'vitest';
import { expandPeers, findPyTorch } from '../../../suites/throughput/peers.ts';
import { startPeer } from '../../../suites/throughput/racers.ts';

/** The same protocol as a contestant's process. Skipped, and seen to be, where python3 has no torch. */
const hasTorch = !execaSync('python3', ['-c', 'import torch'], { reject: false }).failed;

const small = { scales: [0.0001], dim: 4, bottom: [8], top: [8] };
const never = new AbortController().signal;

test.skipIf(!hasTorch)(
  'PyTorch is found, built, and timed at what it is asked',
  { timeout: 120_000 },
  async () => {
    const notes: string[] = [];
    const [installed] = await findPyTorch(undefined, (line) => notes.push(line));
    expect(installed).toMatchObject({ python: 'python3' });
    expect(installed.version).toMatch(/^\d+\.\d+/);
    expect(notes.every((line) => line.includes('libblas'))).toBe(true);
    for (const optimizer of ['sgd', 'adagrad'] as const) {
      const asked = { ...small, optimizers: [optimizer] };
      const [eager] = expandPeers(asked, [installed], [1], () => {});
      expect(eager).toMatchObject({ mode: 'eager', operationThreads: 1, blasThreads: 1 });
      const peer = await startPeer(eager, never);
      for (const what of ['train', 'inference'] as const) {
        const milliseconds = await peer.time({ what, batch: 16, warmUp: 2, steps: 3 });
        expect(milliseconds).toHaveLength(3);
        for (const time of milliseconds) expect(time).toBeGreaterThan(0);
      }
      await expect(peer.time({ what: 'lookups', batch: 16, warmUp: 0, steps: 1 })).rejects.toThrow(
        'KeyError',
      );
      await peer.close();
    }
  },
);

test('a Python that is none is a Fault where it was asked for', async () => {
  const find = (python: string) => findPyTorch([python], () => {});
  await expect(find('no-such-python')).rejects.toThrow(
    '--python no-such-python: no such program; name another',
  );
  await expect(find(process.execPath)).rejects.toThrow(/it does not run|it is no Python/);
  await expect(find('echo')).rejects.toThrow('it is no Python');
  expect(await findPyTorch([], () => {})).toEqual([]);
});
