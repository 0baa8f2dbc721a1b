import { describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import type { Plan } from '../../../harness/contract/method.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import { run } from '../../../harness/run.ts';
import { wrappers } from '../../../methods/index.ts';
import { isLong } from '../../long.ts';
import { checkedMethods, traitsOf } from '../../methods/checked-methods.ts';
import { MemoryCheckpoints } from './memory-checkpoints.ts';
import { expectRemembered, expectResumed } from './resumed-training.ts';
import { type Asked, data, planOf, practices, smallRun } from './shared-training.ts';

/** A training that goes on in one process after the other, a few steps in each, is the training of one process, bit by bit. */

const open = () => cpu.open({});

const everything: readonly Asked[] = [
  { method: 'full', ratio: 1 },
  ...checkedMethods.map(({ name }) => ({ method: name, ratio: 3 })),
  ...checkedMethods.flatMap(({ name }) =>
    (isLong ? (traitsOf(name).options ?? []) : []).map((options) => ({ method: name, ratio: 3, options })),
  ),
  ...wrappers.map(({ name }) => ({ method: `${name}(full)`, ratio: 3 })),
  ...['cafe', 'ada-embed', 'shark', 'pep'].map((name) => ({ method: `int8(${name})`, ratio: 6 })),
].filter((asked) => planOf(asked) !== undefined);

test.each(everything)('$method at $ratio, $options, in processes of two steps', async (asked) => {
  expect(await expectResumed(asked, smallRun, open, { stepsPerProcess: 2 })).toBeGreaterThan(2);
});

/** Methods that keep something in this process, and some of several stages. */
const some: readonly Asked[] = [
  ...['hashing-trick', 'cafe', 'fiited', 'dim-grow', 'opt-embed'],
  ...(isLong ? ['ada-embed', 'multi-probe-hashing', 'shark', 'auto-dim', 'learned-hash', 'robe'] : []),
].map((method) => ({ method, ratio: 3 }));
const more: readonly Asked[] = [
  { method: 'cafe', ratio: 3, options: { threshold: 'adaptive' } },
  { method: 'learned-step-quantization', ratio: 6, options: { scale: 'largest' } },
  { method: 'svd', ratio: 3, options: { fineTune: 0.5 } },
];

describe.each(practices)('$called', (practice) => {
  const settings = { ...smallRun, ...practice };
  test.each(some)(
    '$method in processes of three steps that write no stage down at its end',
    async (asked) => {
      await expectResumed(asked, settings, open, { stepsPerProcess: 3, keepsEnds: false });
    },
  );
});

describe.each(practices)('$called', (practice) => {
  test('goes on after a process that ended in validation, once in each epoch', async () => {
    const course = { stepsPerProcess: 1e9, keepsEnds: false, endsInValidation: true } as const;
    const settings = { ...smallRun, ...practice };
    const processes = await expectResumed({ method: 'hashing-trick', ratio: 3 }, settings, open, course);
    expect(processes).toBe(1 + settings.epochs);
  });
});

test.each(more)('$method, $options, in processes of one step', async (asked) => {
  await expectResumed(asked, { ...smallRun, epochs: 2 }, open, { stepsPerProcess: 1 });
});

const scarce = { keep: 0, threshold: 2, decay: 0.5, importance: 'frequency', hot: 0.3 };
const staged = { keep: 0, threshold: 'adaptive', importance: 'frequency', hot: 0.3 };
const decaying = { ...scarce, front: 0.2 };
describe.each([
  { method: 'ada-embed', ratio: 4, options: { keep: 0, reallocations: 60 }, names: ['freeRows'] },
  { method: 'cafe', ratio: 4, options: scarce, names: ['free', 'freeRows', 'added'] },
  { method: 'cafe', ratio: 4, options: { keep: 0 }, names: ['above'] },
  {
    method: 'cafe',
    ratio: 3,
    options: staged,
    names: ['above', 'time', 'countFree'],
  },
  { method: 'cafe', ratio: 3, options: decaying, names: ['countFree', 'added'] },
  { method: 'fiited', ratio: 3, names: ['scale'] },
  { method: 'multi-probe-hashing', ratio: 4, options: { age: 1, probes: 2 }, names: ['lastUse'] },
  {
    ...{ method: 'learned-step-quantization', ratio: 3, names: ['largest'] },
    options: { scale: 'largest', period: 3, bits: 4 },
  },
])('memory of $method, $options', ({ names, ...asked }) => {
  const settings = { ...smallRun, batchSize: 30, epochs: 2 };
  const course = { stepsPerProcess: 7 };
  test('goes on', async () => {
    await expectResumed(asked, settings, open, course);
  });
  test.each(names)('without its %s the training would be another one', async (name) => {
    await expectRemembered({ ...asked, name }, settings, open, course);
  });
});

test.each([{ gradients: 'sbpca:2' as const }, { activations: 4 as const }, { order: 'log' as const }])(
  '%o goes on as well',
  async (way) => {
    const processes = await expectResumed({ method: 'full', ratio: 1 }, { ...smallRun, ...way }, open, {
      stepsPerProcess: 2,
    });
    expect(processes).toBe(4);
  },
);

test('a stage that is at its end is not trained again, and the record says what earlier processes did', async () => {
  const checkpoints = new MemoryCheckpoints({ stepsPerProcess: 7 });
  const asked = { method: 'auto-dim', ratio: 3 };
  const once = await run(data, planOf(asked)!, dlrm, await open(), smallRun);
  const { result, processes } = await checkpoints.inProcesses(async () =>
    run(data, planOf(asked)!, dlrm, await open(), smallRun, { checkpoints }),
  );
  expect(processes).toBe(2);
  expect(checkpoints.given).toEqual(['0 end', '1 step']);
  expect(once.resumed).toBeUndefined();
  expect(result.resumed).toMatchObject({ times: 1 });
  expect(result.resumed!.seconds).toBeGreaterThan(0);
  const [search] = result.stages;
  expect(result.resumed!.seconds).toBeGreaterThan(0.5 * search.seconds);
  expect(result.quality).toEqual(once.quality);
  expect(result.curve).toEqual(once.curve);
  expect(result.choices).toEqual(once.choices);
  expect(result.memory.training).toEqual(once.memory.training);
});

test('a plan that does not say what it remembers begins its stage anew, and says so', async () => {
  const plan = (): Plan => {
    let seen = 0;
    return { ...planOf({ method: 'full', ratio: 1 })!, afterStep: () => void seen++ };
  };
  const checkpoints = new MemoryCheckpoints({ stepsPerProcess: 4 });
  const train = async () => run(data, plan(), dlrm, await open(), smallRun, { checkpoints });
  await expect(train()).rejects.toThrow('stopped');
  expect(checkpoints.kept.size).toBe(0);
  checkpoints.neverEnds();
  const anew = await train();
  expect(anew.resumed).toBeUndefined();
  expect(checkpoints.told[0]).toMatch(
    /cannot be resumed in the midst of its stage 1: its method does not say what it/,
  );
});
