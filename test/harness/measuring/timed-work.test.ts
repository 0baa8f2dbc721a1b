import * as tf from '../../../tensors/index.ts';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import type { OpenBackend } from '../../../harness/contract/backend.ts';
import type { Field } from '../../../harness/contract/data.ts';
import type { Plan } from '../../../harness/contract/method.ts';
import { Embedding } from '../../../harness/embedding/embedding.ts';
import { matrixProducts, PreparedProducts } from '../../../harness/measuring/matrix-products.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import { optimizers } from '../../../harness/optimizers/index.ts';
import { randomBatches } from '../../../harness/batches/random-batches.ts';
import { doWork, works, type Work } from '../../../harness/measuring/timed-work.ts';
import { Trainer } from '../../../harness/training/trainer.ts';

beforeAll(() => cpu.open({}));

const fields: Field[] = [{ name: 'a', cardinality: 6, counts: new Uint32Array(6) }];
const shape = { denseFields: 2, fields: 1, dim: 4 };

afterEach(() => void vi.restoreAllMocks());

/** Steps of work on the cpu backend, which may say that it is a device: calls of these, in order. */
async function doOn(work: Work, device: boolean, steps: number, watched: readonly string[]) {
  const synchronize = vi.fn(() => Promise.resolve());
  const opened: OpenBackend = { ...(await cpu.open({})), ...(device && { synchronize }) };
  const table = { width: 4, parts: [{ rows: 6, init: { mean: 0, halfWidth: 1 } }] };
  const plan: Plan = { tables: [table], choices: {}, embed: ({ ids, rows }) => rows(table, ids) };
  const trainer = new Trainer(
    new Embedding(plan, opened, 'sgd', 1),
    dlrm.build(shape, { bottom: [5], top: [3] }, 1),
    optimizers.sgd,
  );
  const products = new PreparedProducts(matrixProducts(trainer.network.layers, 8));
  const spies = {
    step: vi.spyOn(trainer, 'step'),
    logits: vi.spyOn(trainer, 'logits'),
    embed: vi.spyOn(trainer.embedding, 'embed'),
    multiply: vi.spyOn(products, 'multiply'),
    read: vi.spyOn(tf.Tensor.prototype, 'data'),
    synchronize,
  };
  const before = tf.memory().numTensors;
  await doWork(work, { trainer, products, learningRate: 0.1 }, randomBatches(fields, 2, 8, steps));
  expect(tf.memory().numTensors).toBe(before);
  trainer.dispose();
  products.dispose();
  return Object.entries(spies)
    .filter(([name]) => watched.includes(name))
    .flatMap(([name, { mock }]) => mock.invocationCallOrder.map((order) => ({ name, order })))
    .sort((a, b) => a.order - b.order)
    .map(({ name }) => name);
}

const results = ['multiply', 'read', 'synchronize'];

test.each([
  ['train', ['step', 'read']],
  ['inference', ['logits', 'read']],
  ['lookups', ['embed']],
  ['products', ['multiply', 'read']],
] as const)('one step of %s is awaited up to its result', async (work, log) => {
  expect(await doOn(work, false, 1, [log[0], ...results])).toEqual(log);
});

test.each([
  ['train', ['step', 'step', 'step', 'read', 'synchronize']],
  ['inference', ['logits', 'read', 'logits', 'read', 'logits', 'read', 'synchronize']],
  ['lookups', ['embed', 'embed', 'embed', 'synchronize']],
  ['products', ['multiply', 'multiply', 'multiply', 'synchronize']],
] as const)('on a device, %s is asked for back to back and waited for at the end', async (work, log) => {
  expect(await doOn(work, true, 3, [log[0], ...results])).toEqual(log);
});

test('what the plan does after a step belongs to it', async () => {
  const log: string[] = [];
  const trainer = {
    embedding: { plan: { afterStep: () => undefined } },
    step: () => (log.push('step'), tf.scalar(0.5)),
    afterStep: () => Promise.resolve(void log.push('after')),
  } as unknown as Trainer;
  await doWork('train', { trainer, learningRate: 1 }, randomBatches(fields, 2, 8, 2));
  expect(log).toEqual(['step', 'after', 'step', 'after']);
});

test('what a device says went wrong is thrown', async () => {
  const { layers } = dlrm.build(shape, { bottom: [5], top: [3] }, 1);
  const products = new PreparedProducts(matrixProducts(layers, 8));
  const embedding = { synchronize: () => Promise.reject(new Error('the card is on fire')) };
  const trainer = { embedding } as unknown as Trainer;
  const batches = randomBatches(fields, 2, 8, 1);
  await expect(doWork('products', { trainer, products, learningRate: 1 }, batches)).rejects.toThrow(
    'on fire',
  );
  expect(works).toHaveLength(4);
});
