import * as tf from '../../tensors/index.ts';
import type { Backend } from '../../harness/contract/backend.ts';
import { UserError } from '../../base/user-error.ts';
import { allowSoftware, findAdapter, requestDevice } from './device.ts';
import { openOn } from './open.ts';

/** Any graphics card through Dawn's WebGPU (Vulkan, Metal, Direct3D): tfjs's kernels and our own. */
export const webgpu: Backend = {
  name: 'webgpu',
  title: 'any graphics card through WebGPU',
  async probe() {
    try {
      const { name, software, adapter } = await findAdapter();
      await requestDevice(adapter).then((device) => device.destroy());
      const limits = `buffers up to ${gigabytes(adapter.limits.maxStorageBufferBindingSize)}`;
      return {
        usable: !software || softwareAllowed(),
        automatic: !software,
        version: tf.version_core,
        detail: software ? `${name}: ${noCard}` : `${name}, ${limits}`,
      };
    } catch (error) {
      const detail = error instanceof Error ? error.message.split('\n')[0] : String(error);
      return { usable: false, version: tf.version_core, detail };
    }
  },
  async open({ threads = 1 }) {
    if (threads !== 1)
      throw new UserError(
        `--threads ${threads}: the webgpu backend computes on the graphics card; leave --threads out`,
      );
    const found = await findAdapter();
    if (found.software && !softwareAllowed())
      throw new UserError(`no graphics card: ${found.name} ${noCard}`);
    return openOn(found);
  },
};

const noCard = `computes on the CPU, slowly: --backend native is what is fast here (${allowSoftware}=1 takes it, for tests)`;
const softwareAllowed = () => process.env[allowSoftware] === '1';
const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
