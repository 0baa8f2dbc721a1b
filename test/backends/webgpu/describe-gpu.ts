import { existsSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { describe } from 'vitest';
import type { GpuBackend } from '../../../backends/webgpu/backend.ts';
import { allowSoftware, findAdapter } from '../../../backends/webgpu/device.ts';
import { openOn } from '../../../backends/webgpu/open.ts';
import type { OpenBackend } from '../../../harness/contract/backend.ts';

/**
 * Tests on whatever graphics adapter there is: a card, or a driver that computes on the CPU. Where there is none they are
 * skipped, with the reason in their title.
 */

/** Where distributions put drivers that compute on the CPU. */
const softwareDrivers = [
  '/usr/lib/chromium/vk_swiftshader_icd.json', // Debian's and Ubuntu's chromium
  '/usr/lib64/chromium-browser/vk_swiftshader_icd.json', // Fedora's
  '/opt/google/chrome/vk_swiftshader_icd.json',
].filter((file) => existsSync(file));

export const adapterForTests = async () => {
  process.env[allowSoftware] ??= '1';
  // The loader reads them once, when Dawn starts: what is found beside the drivers of cards, and then instead of them.
  process.env.VK_ADD_DRIVER_FILES ??= softwareDrivers.join(':');
  try {
    return await findAdapter();
  } catch (error) {
    if (softwareDrivers.length === 0 || process.env.VK_ICD_FILENAMES !== undefined) throw error;
    process.env.VK_ICD_FILENAMES = softwareDrivers.join(':');
    return findAdapter();
  }
};

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

export function describeGpu(what: string, tests: () => void): void {
  if (found.missing === undefined) describe(`${what} (${found.adapter.name})`, tests);
  else describe.skip(`${what} (webgpu backend: ${found.missing})`, tests);
}
