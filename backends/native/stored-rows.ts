import * as tf from '../../tensors/index.ts';
import type { Table } from '../../harness/contract/method.ts';
import { blockFloats } from '../../harness/contract/storage.ts';
import { tableRows } from '../../harness/contract/table-shape.ts';
import type { NativeBackend } from './backend.ts';

/** Rows of 16-bit floats, or of codes with scales. See OpenBackend. */
export function gatherStored(
  backend: NativeBackend,
  table: Table,
  bytes: Uint8Array,
  indices: Uint32Array,
): tf.Tensor2D | undefined {
  const { width, stride = width, stored } = table;
  if (stored?.kind !== 'fp16' && stored?.kind !== 'row-wise') return undefined;
  const [bits, block] = stored.kind === 'fp16' ? [16, 1] : [stored.bits, blockFloats(table, stored)];
  const rows = backend.output([indices.length, width], 'float32');
  backend.addon.gatherStored(bytes, bits, block, tableRows(table), stride, width, indices, rows.values);
  return tf.engine().makeTensorFromTensorInfo(rows) as tf.Tensor2D;
}
