import * as tf from '../../../tensors/index.ts';
import { describe } from 'vitest';
import type { GpuBackend } from '../../../backends/webgpu/backend.ts';
import { openOn } from '../../../backends/webgpu/open.ts';
import type { OpenBackend } from '../../../harness/contract/backend.ts';
import { adapterForTests } from './adapter-for-tests.ts';

const found = await adapterForTests().then(
  (adapter) => ({ adapter, missing: undefined }),
  (error: Error) => ({ adapter: undefined, missing: error.message.split('\n')[0] }),
);

/** The device computes on the CPU: large problems take long. */
export const onSoftware = found.adapter?.software ?? true;

/** The backend, current from here on. Only in tests of `describeGpu`. */
export async function openGpu(): Promise<{ open: OpenBackend; backend: GpuBackend }> {
  const open = await openOn(found.adapter!);
  return { open, backend: tf.backend() as GpuBackend };
}

/** Tests on whatever adapter there is, named in their title; where there is none they are skipped, with the reason there. */
export function describeGpu(what: string, tests: () => void): void {
  if (found.missing === undefined) describe(`${what} (${found.adapter.name})`, tests);
  else describe.skip(`${what} (webgpu backend: ${found.missing})`, tests);
}
