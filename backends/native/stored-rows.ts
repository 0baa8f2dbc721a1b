import * as tf from '../../tensors/index.ts';
import { bitsFor } from '../../harness/contract/indices.ts';
import type { Element, Storage, Table } from '../../harness/contract/method.ts';
import { elementBits, normalFloatScaleBytes } from '../../harness/contract/number-formats.ts';
import { bitmapBytes, blockFloats, listBytes } from '../../harness/contract/storage.ts';
import { tableFloats, tableRows } from '../../harness/contract/table-shape.ts';
import type { NativeBackend } from './backend.ts';

/** A table as it is stored: its bytes and their form. */
export interface StoredSource {
  readonly bytes: Uint8Array;
  /**
   * The kind of StoredForm (source/kernels.h), bits, the block or the number of floats that are not zero, rows, stride, the step or
   * 1 if there is a scale of all, the element or the bytes of a block's scale.
   */
  readonly form: Float64Array;
}

/** Undefined for tables that are stored as they are trained. */
export function storedSource(table: Table, bytes: Uint8Array): StoredSource | undefined {
  const { width, stride = width, stored } = table;
  if (stored === undefined) return undefined;
  if (stored.kind === 'sparse' && stored.nonZeros > tableFloats(table)) return undefined; // room for more than there are
  const [kind, bits, block] = formOf(table, stored);
  const form = [kind, bits, block, tableRows(table), stride, stepOf(stored), detailOf(stored)];
  return { bytes, form: Float64Array.from(form) };
}

function formOf(table: Table, stored: Storage): [kind: number, bits: number, block: number] {
  switch (stored.kind) {
    case 'fp16':
      return [0, 16, 1];
    case 'row-wise':
      return [1, stored.bits, blockFloats(table, stored)];
    case 'grid':
      return [2, stored.bits, 1];
    case 'fp8':
      return [5, 8, 1];
    case 'mx':
      return [6, elementBits[stored.element], stored.block];
    case 'nf4':
      return [7, 4, stored.block];
    case 'sparse': {
      const [floats, { nonZeros }] = [tableFloats(table), stored];
      const asBitmap = bitmapBytes(floats) <= listBytes(floats, nonZeros);
      return [asBitmap ? 3 : 4, bitsFor(floats), nonZeros];
    }
  }
}

function stepOf(stored: Storage): number {
  if (stored.kind === 'grid') return stored.step;
  return stored.kind === 'fp8' && stored.scaled ? 1 : 0;
}

/** Their order is that of source/kernels.h. */
const elements: readonly Element[] = ['e4m3', 'e5m2', 'e2m3', 'e3m2', 'e2m1', 'int8'];

function detailOf(stored: Storage): number {
  if ('element' in stored) return elements.indexOf(stored.element);
  return stored.kind === 'nf4' ? normalFloatScaleBytes[stored.scales] : 0;
}

/** See OpenBackend. */
export function gatherStored(
  backend: NativeBackend,
  table: Table,
  bytes: Uint8Array,
  indices: Uint32Array,
): tf.Tensor2D | undefined {
  const source = storedSource(table, bytes);
  if (source === undefined) return undefined;
  const { width } = table;
  const rows = backend.output([indices.length, width], 'float32');
  backend.addon.gatherStored(bytes, source.form, width, indices, rows.values);
  return tf.engine().makeTensorFromTensorInfo(rows) as tf.Tensor2D;
}
