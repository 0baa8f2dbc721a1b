import { createRequire } from 'node:module';
import type * as Common from 'onnxruntime-common';

/** onnxruntime-node, whose types are those of onnxruntime-common. Undefined where it has no binary for this machine: tests are skipped, and seen to be. */
export const runtime = load();

export type Session = Common.InferenceSession;

function load(): typeof Common | undefined {
  try {
    return createRequire(import.meta.url)('onnxruntime-node') as typeof Common;
  } catch {
    return undefined;
  }
}

/** 64-bit integers as the runtime takes them. */
export const integers = (values: readonly number[], shape: readonly number[]) =>
  new runtime!.Tensor('int64', BigInt64Array.from(values, BigInt), shape);

export const floats = (values: ArrayLike<number>, shape: readonly number[]) =>
  new runtime!.Tensor('float32', Float32Array.from(values), shape);

/** A model from its file or its bytes, on one thread. */
export const session = (model: string | Uint8Array): Promise<Session> =>
  typeof model === 'string'
    ? runtime!.InferenceSession.create(model, { intraOpNumThreads: 1 })
    : runtime!.InferenceSession.create(model, { intraOpNumThreads: 1 });
