import { expect, test } from 'vitest';
import type { OpenBackend } from '../../../harness/contract/backend.ts';
import { cpu } from '../../../backends/cpu.ts';
import { findModel } from '../../../suites/find-model.ts';
import { expand } from '../../../suites/job.ts';
import { planFor } from '../../../suites/plan-for.ts';
import { tooLarge } from '../../../suites/running/too-large.ts';
import type { Plan } from '../../../harness/contract/method.ts';
import { smallData } from '../../small-data.ts';
import { someSettings } from '../settings.ts';

const job = expand({ ...someSettings, methods: [{ name: 'full', options: {} }] }, 'f')[0];
const data = smallData();
const model = findModel(job.model);
/** Tables of 40 TB, which nobody makes. */
const plan = {
  ...(planFor(job, data) as Plan),
  tables: [{ parts: [{ rows: 1e12, init: { mean: 0, halfWidth: 0 } }], width: 10 }],
};

test('tables that alone exceed the memory of the machine are said before a network is built', async () => {
  const backend = await cpu.open({});
  const never = { ...model, build: () => expect.fail('a network was built') };
  const found = tooLarge(job, { data, plan, model: never, backend }, 1e9);
  expect(found).toMatchObject({ type: 'too large', neededBytes: 40e12, limitBytes: 1e9 });
  expect(found!.reason).toBe('training would take 40000 GB for tables alone, the run may take 1 GB');
});

test('tables on a device do not count against the memory of the machine', async () => {
  const backend: OpenBackend = { ...(await cpu.open({})), synchronize: () => Promise.resolve() };
  expect(tooLarge(job, { data, plan, model, backend }, 20e12)).toBeUndefined();
});
