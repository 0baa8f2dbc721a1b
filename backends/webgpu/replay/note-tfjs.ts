/// <reference types="@webgpu/types" />
import type { TensorInfo } from '../../../tensors/index.ts';
import type { CommandList } from './command-list.ts';
import type { Values } from './commands.ts';

/** A program of tfjs, compiled. */
interface TfjsProgram {
  readonly pipeline: GPUComputePipeline;
  readonly dispatch: readonly [x: number, y: number, z: number];
}

/** Members of tfjs's backend that it keeps to itself. */
export interface TfjsRecording {
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  queue: Pick<GPUQueue, 'writeBuffer'>;
  makeUniforms(numbers: unknown): { readonly buffer: GPUBuffer; readonly size: number };
  recordAndSubmit(program: object, ...rest: unknown[]): void;
}

/** The part of a backend that is needed. */
interface Noted {
  readonly list: CommandList | undefined;
  readonly tensorMap: { get(dataId: object): { dtype: string; values: unknown; resource?: unknown } };
  uploadToGPU(dataId: object): void;
  bufferOf(tensor: TensorInfo, access: 'read'): GPUBuffer;
}

/** Notes what tfjs asks of the device while a step is recorded: its programs with their numbers, and the tensors that it brings. */
export function noteTfjs(backend: Noted, recording: TfjsRecording): void {
  let uniform: Uint8Array | undefined;
  const makeUniforms = recording.makeUniforms.bind(recording);
  recording.makeUniforms = (numbers) => {
    if (backend.list === undefined) return makeUniforms(numbers);
    const { queue } = recording;
    recording.queue = {
      writeBuffer(buffer: GPUBuffer, at: number, data: ArrayBuffer) {
        uniform = new Uint8Array(data.slice(0));
        return queue.writeBuffer(buffer, at, data);
      },
    };
    try {
      return makeUniforms(numbers);
    } finally {
      recording.queue = queue;
    }
  };
  const recordAndSubmit = recording.recordAndSubmit.bind(recording);
  recording.recordAndSubmit = (program, ...rest) => {
    const { list } = backend;
    if (list === undefined) return recordAndSubmit(program, ...rest);
    const [output, inputs] = rest as [TensorInfo, TensorInfo[]];
    const buffers = [output, ...inputs].map((tensor) => backend.bufferOf(tensor, 'read'));
    const { pipeline, dispatch } = program as TfjsProgram;
    recordAndSubmit(program, ...rest);
    const [x, y = 1, z = 1] = dispatch;
    list.note({
      ...{ kind: 'dispatch', name: program.constructor.name, pipeline, buffers, grid: [x, y, z] },
      uniform: uniform!,
    });
  };
  const uploadToGPU = backend.uploadToGPU.bind(backend);
  backend.uploadToGPU = (dataId) => {
    const data = backend.tensorMap.get(dataId);
    const values = data.values as Values | null;
    const isBrought = backend.list !== undefined && data.resource == null && values != null;
    uploadToGPU(dataId);
    if (!isBrought) return;
    const buffer = data.resource as GPUBuffer;
    const NumberArray = data.dtype === 'float32' ? Float32Array : Int32Array;
    if (values instanceof NumberArray) backend.list.bring(values, buffer.size, buffer);
    else backend.list.refuse('a tensor of truth values is brought to the card');
  };
}
