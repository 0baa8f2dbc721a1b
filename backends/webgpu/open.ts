import * as tf from '../../tensors/index.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { GpuBackend } from './backend.ts';
import { requestDevice, type Found } from './device.ts';
import { GpuClock } from './gpu-clock.ts';
import { DeviceIndices } from './indices.ts';
import { registerKernels } from './kernels/index.ts';
import { ReplayedSteps } from '../replay/replayed-steps.ts';
import { GpuSteps } from './replay/gpu-steps.ts';
import { GpuRows } from './tables/rows.ts';

/** Makes tfjs compute on a card. Errors that the device reports later come out of `synchronize`. */
export async function openOn({ adapter, name, software }: Found): Promise<OpenBackend> {
  let backend = tf.findBackend('webgpu') as GpuBackend | null;
  if (backend === null) {
    const created = new GpuBackend(await requestDevice(adapter), adapter.info);
    backend = created;
    tf.registerBackend('webgpu', () => created, 0);
    tf.env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', created.submitEvery);
    tf.env().set('WEBGPU_CPU_FORWARD', false); // nothing is computed elsewhere unnoticed
    registerKernels();
  }
  await tf.setBackend('webgpu');
  const gpu = backend;
  return {
    name: 'webgpu',
    version: `${tf.version_core} ${name}`,
    threads: 1,
    ...(software && { software }),
    createIndices: (ids, batch, fields) => DeviceIndices.from(gpu, ids, batch, fields),
    computeIds: (loop, ids, code) => gpu.computed(loop, code, [ids]),
    createRows: (table, rule, seed) => new GpuRows(gpu, table, rule, seed),
    replaySteps: () => new ReplayedSteps(new GpuSteps(gpu)),
    synchronize: () => gpu.synchronize(),
    ...(gpu.device.features.has('timestamp-query') && { timeKernels: (run) => timeKernels(gpu, run) }),
  };
}

async function timeKernels(backend: GpuBackend, run: () => Promise<void>) {
  await backend.synchronize();
  const clock = new GpuClock(backend.device);
  backend.clock = clock;
  try {
    await run();
    backend.submit();
    return await clock.read();
  } finally {
    backend.clock = undefined;
    clock.dispose();
  }
}
