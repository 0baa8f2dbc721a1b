import * as tf from '../../../tensors/index.ts';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { KernelClock, type Profile } from '../../../harness/measuring/kernel-clock.ts';
import { column } from '../../column.ts';

const init = { mean: 0, halfWidth: 1 };
const table = { width: 4, parts: [{ rows: 8, init }] };

beforeAll(() => cpu.open({}));

const calls = (profile: Profile) =>
  Object.fromEntries(profile.entries.map((entry) => [entry.name, entry.calls]));

test('counts exactly the kernels that ran, per step', async () => {
  const clock = new KernelClock();
  const x = tf.ones<tf.Rank.R2>([4, 4]);
  let step = 0;
  const profile = await clock.profile(4, async () => {
    const y = tf.tidy(() => tf.add(tf.add(tf.matMul(x, x), x), step++ % 2 === 0 ? tf.relu(x) : x));
    await y.data();
    y.dispose();
  });
  expect(calls(profile)).toMatchObject({ BatchMatMul: 1, Add: 2, Relu: 0.5 });
  const sum = profile.entries.reduce((total, { milliseconds }) => total + milliseconds, profile.rest);
  expect(sum).toBeCloseTo(profile.milliseconds, 9);
  expect(profile.rest).toBeGreaterThan(0);
  const times = profile.entries.map(({ milliseconds }) => milliseconds);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
});

test('rows are counted while it runs, and only then; results are the same', async () => {
  const clock = new KernelClock();
  const backend = await cpu.open({});
  const watched = clock.watchRows(backend).createRows!(table, 'sgd', 3);
  const plain = new KernelClock().watchRows(backend).createRows!(table, 'sgd', 3);
  const ids = column(1, 5, 1);
  const gradient = tf.ones<tf.Rank.R2>([3, 4]);
  const use = (rows: typeof plain) => {
    const gathered = rows.gather(ids);
    rows.update([{ indices: ids, gradient }], 0.1);
    rows.write(Uint32Array.of(2), Float32Array.of(1, 2, 3, 4));
    rows.copy(Uint32Array.of(2), Uint32Array.of(7));
    return gathered.arraySync();
  };
  expect(use(watched)).toEqual(use(plain));
  const profile = await clock.profile(2, () => {
    use(watched);
    return Promise.resolve();
  });
  expect(calls(profile)).toMatchObject({
    'rows: gather': 1,
    'rows: update': 1,
    'rows: write': 1,
    'rows: copy': 1,
  });
  use(plain);
  use(plain);
  expect(await watched.read(0, 8)).toEqual(await plain.read(0, 8));
});

/** Kernels of the test: the outer one calls the inner one and is otherwise quick. */
function registerNested(spin: number) {
  const inner: tf.KernelConfig = {
    kernelName: 'TestInner',
    backendName: 'cpu',
    kernelFunc: ({ inputs }) => {
      for (const end = performance.now() + spin; performance.now() < end;);
      return tf.add(inputs.x as tf.Tensor, 1);
    },
  };
  const outer: tf.KernelConfig = {
    kernelName: 'TestOuter',
    backendName: 'cpu',
    kernelFunc: ({ inputs }) => tf.engine().runKernel('TestInner', { x: inputs.x as tf.Tensor }),
  };
  for (const kernel of [inner, outer]) tf.registerKernel(kernel);
  return () => {
    for (const { kernelName, backendName } of [inner, outer]) tf.unregisterKernel(kernelName, backendName);
  };
}

test('a kernel called by a kernel counts for itself alone', async () => {
  onTestFinished(registerNested(20));
  const profile = await new KernelClock().profile(3, () => {
    tf.tidy(() => void tf.engine().runKernel('TestOuter', { x: tf.scalar(1) }));
    return Promise.resolve();
  });
  const of = (name: string) => profile.entries.find((entry) => entry.name === name)!;
  expect(calls(profile)).toMatchObject({ TestOuter: 1, TestInner: 1 });
  expect(of('TestInner').milliseconds).toBeGreaterThanOrEqual(19);
  expect(of('TestOuter').milliseconds).toBeLessThan(10);
});

test('kernels are as they were afterwards, also after an error', async () => {
  const before = tf.getKernelsForBackend('cpu').map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]);
  const clock = new KernelClock();
  let during: unknown;
  await expect(
    clock.profile(1, () => {
      during = tf.getKernel('Add', 'cpu').kernelFunc;
      throw new Error('broke');
    }),
  ).rejects.toThrow('broke');
  const after = new Map(
    tf.getKernelsForBackend('cpu').map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]),
  );
  expect(during).not.toBe(after.get('Add'));
  expect(after.size).toBe(before.length);
  for (const [name, kernelFunc] of before) expect(after.get(name as string), name as string).toBe(kernelFunc);
});
