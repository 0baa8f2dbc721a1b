import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { KernelTime } from '../../../harness/contract/backend.ts';
import { profileDevice } from '../../../harness/measuring/device-profile.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** A device that needs `computing` for a step, one after the other; asking for one keeps this process for `asking`. */
function device({ asking, computing }: { asking: number; computing: number }, clock = true) {
  let done = 0;
  let asked = 0;
  const ask = () => {
    asked++;
    vi.advanceTimersByTime(asking);
    done = Math.max(done, performance.now()) + computing;
  };
  const synchronize = () => {
    vi.advanceTimersByTime(Math.max(0, done - performance.now()));
    return Promise.resolve();
  };
  const timeKernels = async (run: () => Promise<void>): Promise<KernelTime[]> => {
    const before = asked;
    await run();
    const steps = asked - before;
    return [
      { name: 'Add', calls: 2 * steps, milliseconds: 0.25 * computing * steps },
      { name: 'MatMul', calls: steps, milliseconds: 0.75 * computing * steps },
    ];
  };
  return { backend: { synchronize, ...(clock && { timeKernels }) }, ask };
}

test('kernels by the clock of the device, per step, and what asking takes beside them', async () => {
  const { backend, ask } = device({ asking: 2, computing: 8 });
  const profile = await profileDevice(backend, 5, ask);
  expect(profile.steps).toBe(5);
  expect(profile.entries).toEqual([
    { name: 'MatMul', calls: 1, milliseconds: 6 },
    { name: 'Add', calls: 2, milliseconds: 2 },
  ]);
  expect(profile.asking).toBe(2);
  // All but the first is asked for while the device computes.
  expect(profile.milliseconds).toBe(8 + 2 / 5);
  expect(profile.rest).toBeCloseTo(2 / 5, 9);
});

test('a process that is slower than its device shows', async () => {
  const { backend, ask } = device({ asking: 6, computing: 1 });
  const { asking, milliseconds } = await profileDevice(backend, 4, ask);
  expect({ asking, milliseconds }).toEqual({ asking: 6, milliseconds: 6 + 1 / 4 });
});

test('without a clock of the device there are no kernels, but still the step and the asking', async () => {
  const { backend, ask } = device({ asking: 1, computing: 2 }, false);
  const profile = await profileDevice(backend, 3, ask);
  expect(profile.entries).toEqual([]);
  expect(profile.rest).toBe(profile.milliseconds);
});
