import { execaSync } from 'execa';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { expandReferences, findPyTorch } from '../../../suites/throughput/references.ts';
import { referencePrograms } from '../../../suites/throughput/programs.ts';
import { pythonForTests } from '../../python-for-tests.ts';
import { startReference } from '../../../suites/throughput/workers.ts';

/** The same protocol as a configuration's process. Skipped, and seen to be, where python3 has no torch. */
const hasTorch = !execaSync(pythonForTests, ['-c', 'import torch'], { reject: false }).failed;

// A Python is asked once what it has: with the stand-in for a card from the start.
beforeAll(() => void vi.stubEnv('EMBED_BENCH_SOFTWARE_GPU', '1'));
afterAll(() => void vi.unstubAllEnvs());

const small = {
  scales: [0.0001],
  dims: [4],
  tf32: false,
  model: 'dlrm',
  modelOptions: { bottom: [8], top: [8] },
};
const never = new AbortController().signal;

test.skipIf(!hasTorch)(
  'PyTorch is found, built, and timed at what it is asked',
  { timeout: 120_000 },
  async () => {
    const notes: string[] = [];
    const [installed] = await findPyTorch([pythonForTests], (line) => notes.push(line));
    expect(installed).toMatchObject({ python: pythonForTests });
    expect(installed.version).toMatch(/^\d+\.\d+/);
    expect(notes.every((line) => line.includes('libblas'))).toBe(true);
    for (const optimizer of ['sgd', 'adagrad'] as const) {
      const asked = { ...small, optimizers: [optimizer] };
      const [eager] = expandReferences(asked, [installed], [{ device: 'cpu', threads: 1 }], () => {});
      expect(eager).toMatchObject({ mode: 'eager', operationThreads: 1, blasThreads: 1 });
      const reference = await startReference(eager, never);
      for (const what of ['train', 'inference'] as const) {
        const milliseconds = await reference.time({
          what,
          batch: 16,
          warmUp: 2,
          samples: 3,
          stepsPerSample: 1,
        });
        expect(milliseconds).toHaveLength(3);
        for (const time of milliseconds) expect(time).toBeGreaterThan(0);
      }
      await expect(
        reference.time({ what: 'lookups', batch: 16, warmUp: 0, samples: 1, stepsPerSample: 1 }),
      ).rejects.toThrow('KeyError');
      await reference.close();
    }
  },
);

/**
 * Both forms with the same weights take the same step, on a batch whose ids occur more than once: the fused table is the
 * separate ones, one after the other, and the two optimizers are the one.
 */
const sameStep = `
import io, sys, torch, importlib.util
sys.argv, sys.stdin = ["torch-peer.py"], io.StringIO()
spec = importlib.util.spec_from_file_location("reference", FILE)
reference = importlib.util.module_from_spec(spec); spec.loader.exec_module(reference)
shape = dict(cardinalities=[5, 3, 4], denseFields=2, dim=4, model="dlrm", modelOptions=dict(bottom=[8], top=[8]))
for optimizer in ("sgd", "adagrad"):
    cpu = reference.OnCpu(shape, optimizer, 0.1, "eager")
    gpu = reference.OnGpu(shape, optimizer, 0.1, "eager", "fp32")
    tables = lambda: torch.cat([table.weight.data for table in cpu.model.tables])
    gpu.model.table.weight.data.copy_(tables())
    for name in ("bottom", "top"):
        getattr(gpu.model.network, name).load_state_dict(getattr(cpu.model.network, name).state_dict())
    batches = [reference.random_batch(16, shape["cardinalities"], 2) for _ in range(3)]
    before = tables().clone()
    cpu.train(batches); gpu.train([gpu.prepared(batch) for batch in batches])
    torch.testing.assert_close(gpu.model.table.weight.data, tables(), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(gpu.model.network.top[0].weight, cpu.model.network.top[0].weight, rtol=1e-5, atol=1e-6)
    assert not torch.equal(before, tables())
reference.answer(same=True)
`;

test.skipIf(!hasTorch)('on a GPU PyTorch does the same work with one table', { timeout: 120_000 }, () => {
  const program = sameStep.replace('FILE', JSON.stringify(referencePrograms.dlrm));
  const environment = { EMBED_BENCH_SOFTWARE_GPU: '1' };
  const { stdout } = execaSync(pythonForTests, ['-c', program], { env: environment, input: '' });
  expect(stdout).toBe('{"same": true}');
});

test.skipIf(!hasTorch)(
  'where it may stand in for a card, streams of steps are timed',
  { timeout: 120_000 },
  async () => {
    const [installed] = await findPyTorch([pythonForTests], () => {});
    const references = expandReferences(
      { ...small, optimizers: ['sgd'] },
      [installed],
      [{ device: 'gpu', threads: 1 }],
      () => {},
    );
    expect(references[0]).toMatchObject({ device: 'gpu', mode: 'eager', card: expect.any(String) as string });
    const reference = await startReference(references[0], never);
    for (const what of ['train', 'inference'] as const)
      expect(
        await reference.time({ what, batch: 16, warmUp: 1, samples: 2, stepsPerSample: 5 }),
      ).toHaveLength(2);
    await reference.close();
  },
);

test('a Python that is none is a UserError where it was asked for', async () => {
  const find = (python: string) => findPyTorch([python], () => {});
  await expect(find('no-such-python')).rejects.toThrow(
    '--python no-such-python: no such program; name another',
  );
  await expect(find(process.execPath)).rejects.toThrow(/it does not run|it is no Python/);
  await expect(find('echo')).rejects.toThrow('it is no Python');
  expect(await findPyTorch([], () => {})).toEqual([]);
});
