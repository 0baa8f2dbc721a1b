import { describe, expect, test } from 'vitest';
import { wasm } from '../../../backends/wasm/index.ts';
import type { Method } from '../../../harness/contract/method.ts';
import { trainedBytes } from '../../../harness/contract/size.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import { neededMemory, type NeedingRun, totalOf } from '../../../harness/measuring/needed-memory.ts';
import { optimizers } from '../../../harness/optimizers/index.ts';
import { full } from '../../../methods/full.ts';
import { int8 } from '../../../methods/post-training-quantization/index.ts';
import { magnitudePruning } from '../../../methods/magnitude-pruning/index.ts';
import { feasiblePlan, layerAt } from '../../layers.ts';
import { smallData } from '../../small-data.ts';

const data = smallData();
const dim = 8;
await wasm.open({});
const shape = { denseFields: data.denseFields.length, fields: data.fields.length, dim };
const network = dlrm.build(shape, dlrm.options.parse({ bottom: [8], top: [8] }), 1);
const networkBytes = 4 * network.variables.reduce((sum, { size }) => sum + size, 0);

const planOf = (method: Method, ratio = 1) => feasiblePlan(method, layerAt(data.fields, dim, ratio));
const fullBytes = trainedBytes(planOf(full));
const needed = (method: Method, change: Partial<NeedingRun> = {}, ratio = 1) =>
  neededMemory({
    ...{ plan: planOf(method, ratio), data, network, dim, rule: optimizers.adagrad },
    ...{ batchSize: 60, epochs: 1, processBytes: 1e8, onDevice: false },
    ...change,
  });

describe('the memory that a run needs', () => {
  test('has its tables and network, each with its optimizer state', () => {
    expect(needed(full).trainedBytes).toBe(2 * (fullBytes + networkBytes));
    expect(needed(full, { rule: optimizers.sgd }).trainedBytes).toBe(fullBytes + networkBytes);
    expect(needed(full).betweenBytes).toBe(0);
  });

  test('has a copy of the best epoch if there are several, and two more of an average', () => {
    const copy = fullBytes + networkBytes;
    expect(needed(full, { epochs: 3 }).trainedBytes).toBe(3 * copy);
    expect(needed(full, { average: 0.1 }).trainedBytes).toBe(4 * copy);
    expect(needed(full, { epochs: 2, average: 0.1 }).trainedBytes).toBe(5 * copy);
  });

  test('has the tables once more where another stage follows, and the form that is served', () => {
    const quantized = needed(int8.wrap(full), {}, 2);
    expect(quantized.trainedBytes).toBe(needed(full).trainedBytes);
    expect(quantized.betweenBytes).toBeGreaterThan(fullBytes);
    expect(needed(magnitudePruning, {}, 2).betweenBytes).toBeGreaterThanOrEqual(2 * fullBytes);
  });

  test('grows with the batch and with the rows that are scored', () => {
    const small = needed(full, { batchSize: 10 });
    expect(needed(full, { batchSize: 50 }).stepBytes).toBeGreaterThan(small.stepBytes);
    const rows = { ...data.rows, validation: 1e6 };
    expect(needed(full, { data: { ...data, rows } }).scoreBytes).toBeGreaterThanOrEqual(17e6);
  });

  test('leaves out what is on a device, and is the sum of its kinds', () => {
    const onDevice = needed(full, { onDevice: true });
    expect(onDevice).toMatchObject({ trainedBytes: 0, stepBytes: 0, processBytes: 1e8 });
    const kinds: readonly number[] = Object.values<number>({ ...needed(full) });
    expect(totalOf(needed(full))).toBe(Math.ceil(kinds.reduce((sum, bytes) => sum + bytes, 0)));
  });
});
