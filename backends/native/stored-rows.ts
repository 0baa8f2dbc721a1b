import * as tf from '../../tensors/index.ts';
import { bitsFor } from '../../harness/contract/indices.ts';
import type { Storage, Table } from '../../harness/contract/method.ts';
import { bitmapBytes, blockFloats, listBytes } from '../../harness/contract/storage.ts';
import { tableFloats, tableRows } from '../../harness/contract/table-shape.ts';
import type { NativeBackend } from './backend.ts';

/** A table as it is stored: its bytes and their form. */
export interface StoredSource {
  readonly bytes: Uint8Array;
  /** The kind of StoredForm (source/kernels.h), bits, the block or the number of floats that are not zero, rows, stride, step. */
  readonly form: Float64Array;
}

/** Undefined for tables that are stored as they are trained. */
export function storedSource(table: Table, bytes: Uint8Array): StoredSource | undefined {
  const { width, stride = width, stored } = table;
  if (stored === undefined) return undefined;
  if (stored.kind === 'sparse' && stored.nonZeros > tableFloats(table)) return undefined; // room for more than there are
  return { bytes, form: Float64Array.of(...formOf(table, stored), tableRows(table), stride, 'step' in stored ? stored.step : 0) }; // prettier-ignore
}

function formOf(table: Table, stored: Storage): [kind: number, bits: number, block: number] {
  switch (stored.kind) {
    case 'fp16':
      return [0, 16, 1];
    case 'row-wise':
      return [1, stored.bits, blockFloats(table, stored)];
    case 'grid':
      return [2, stored.bits, 1];
    case 'sparse': {
      const [floats, { nonZeros }] = [tableFloats(table), stored];
      const asBitmap = bitmapBytes(floats) <= listBytes(floats, nonZeros);
      return [asBitmap ? 3 : 4, bitsFor(floats), nonZeros];
    }
  }
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
