import { constants } from 'node:buffer';
import { UserError } from '../../base/user-error.ts';
import { bitsAt } from '../../harness/serving/bits.ts';
import type { ManifestMap, ManifestTensor } from '../program/manifest.ts';
import type { OpenSafetensors, StoredTensor } from '../safetensors/read.ts';
import type { Floats } from './arrays.ts';
import type { MapEntries } from './sets.ts';

/** The tensors of a file that a manifest names. */
export interface NamedTensors {
  /** Throws a UserError for a tensor that is missing. */
  readonly find: (name: string) => StoredTensor;
  /** Bytes of all that were found. */
  readonly bytes: () => number;
}

/** `advice`: for a file that lacks tensors of its manifest. */
export function namedTensors({ path, tensors }: OpenSafetensors, advice: string): NamedTensors {
  const found = new Map<string, StoredTensor>();
  return {
    find(name) {
      const tensor = tensors.get(name);
      if (tensor === undefined) throw new UserError(`${path}: the tensor ${name} is missing; ${advice}`);
      found.set(name, tensor);
      return tensor;
    },
    bytes: () => [...found.values()].reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Throws a UserError for a tensor that one array of Node.js cannot have. */
export function checkHolds({ name, bytes }: StoredTensor): void {
  if (bytes > constants.MAX_LENGTH)
    throw new UserError(`the tensor ${name} has ${(bytes / 1e9).toFixed(1)} GB, and an array of this Node.js ${(constants.MAX_LENGTH / 1e9).toFixed(1)} GB at most; take Node.js 22 or later`); // prettier-ignore
}

function wholeBytes(tensor: StoredTensor): Uint8Array<ArrayBuffer> {
  checkHolds(tensor);
  return tensor.read(0, tensor.bytes);
}

export function floatsOf({ shape }: ManifestTensor, tensor: StoredTensor): Floats {
  const { buffer, byteOffset, byteLength } = wholeBytes(tensor);
  const length = byteLength / 4;
  if (tensor.dtype === 'I32')
    return { data: Float32Array.from(new Int32Array(buffer, byteOffset, length)), shape };
  if (tensor.dtype === 'U32')
    return { data: Float32Array.from(new Uint32Array(buffer, byteOffset, length)), shape };
  return { data: new Float32Array(buffer, byteOffset, length), shape };
}

/** The entries of a map in the smallest whole bytes: an operation reads one by its index. */
export function entriesOf({ bits, length }: ManifestMap, tensor: StoredTensor): MapEntries {
  const bytes = wholeBytes(tensor);
  const { buffer, byteOffset } = bytes;
  if (bits === 8) return bytes;
  if (bits === 16) return new Uint16Array(buffer, byteOffset, length);
  if (bits === 32) return new Uint32Array(buffer, byteOffset, length);
  const entries = new (bits < 8 ? Uint8Array : bits < 16 ? Uint16Array : Uint32Array)(length);
  for (let i = 0; i < length; i++) entries[i] = bitsAt(bytes, bits, i);
  return entries;
}
