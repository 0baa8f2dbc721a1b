import * as tf from '../../tensors/index.ts';
import type { GpuBackend } from './backend.ts';
import { type Program, reads, writes } from './program.ts';

/** Inputs by name; for kernels that take a list, an array. */
export type Inputs = Record<string, tf.TensorInfo>;
export type Attributes = Record<string, unknown>;
export type Run = (
  backend: GpuBackend,
  inputs: Inputs,
  attributes: Attributes,
) => tf.TensorInfo | tf.TensorInfo[];

/** Registers a kernel of ours, in place of tfjs's where it has one of that name. Of float inputs it may read the memory. */
export function register(kernelName: string, run: Run): void {
  if (tf.getKernel(kernelName, 'webgpu') !== undefined) tf.unregisterKernel(kernelName, 'webgpu');
  tf.registerKernel({
    kernelName,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const gpu = backend as GpuBackend;
      const made: tf.TensorInfo[] = [];
      const floats = Object.entries(inputs as Inputs).map(([name, input]) => {
        if (!isIntegersInside(gpu, input)) return [name, input] as const;
        made.push(toFloats(gpu, input));
        return [name, made.at(-1)!] as const;
      });
      const outputs = run(gpu, Object.fromEntries(floats), attrs ?? {});
      for (const { dataId } of made) gpu.disposeData(dataId);
      return outputs;
    },
  });
}

/** tfjs casts integers to floats by calling them that; its own kernels know what a tensor's memory has. */
const isIntegersInside = (backend: GpuBackend, input: tf.TensorInfo | undefined) =>
  input?.dtype === 'float32' && backend.tensorMap.get(input.dataId).dtype !== 'float32';

const toFloatsProgram: Program = {
  name: 'Cast',
  buffers: [reads('x', 'i32'), writes('y')],
  params: [['size', 'u32']],
  code: /* wgsl */ `
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_index) i: u32) {
  if (i < params.size) { y[i] = f32(x[i]); }
}`,
};

function toFloats(backend: GpuBackend, x: tf.TensorInfo): tf.TensorInfo {
  const size = tf.util.sizeFromShape(x.shape);
  const y = backend.output(x.shape, 'float32');
  backend.run(toFloatsProgram, [x, y], [size], Math.ceil(size / 256));
  return y;
}
