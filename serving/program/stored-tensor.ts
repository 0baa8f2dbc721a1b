import type { Table } from '../../harness/contract/method.ts';
import { blockBytes, blockFloats, storedBytes } from '../../harness/contract/storage.ts';
import { tableFloats, tableRows } from '../../harness/contract/table-shape.ts';
import type { Dtype } from '../safetensors/write.ts';
import type { ManifestTable } from './manifest.ts';

/** A table for a manifest. */
export function describeTable(table: Table, tensor: string): ManifestTable {
  const { width, stride = width, stored = { kind: 'fp32' as const } } = table;
  const whole = stored.kind === 'row-wise' ? { ...stored, block: blockFloats(table, stored) } : stored;
  return { tensor, rows: tableRows(table), width, stride, floats: tableFloats(table), stored: whole };
}

/** Its tensor. Floats have their own types; a row of codes with its scale and offset is a row of bytes; all other forms are bytes. */
export function tableTensor(table: Table): { dtype: Dtype; shape: number[] } {
  const { width, stride = width, stored } = table;
  const [rows, floats] = [tableRows(table), tableFloats(table)];
  const shape = stride === width ? [rows, width] : [floats];
  if (stored === undefined) return { dtype: 'F32', shape };
  if (stored.kind === 'fp16') return { dtype: 'F16', shape };
  if (stored.kind === 'row-wise' && stride === width && blockFloats(table, stored) === width)
    return { dtype: 'U8', shape: [rows, blockBytes(width, stored.bits)] };
  return { dtype: 'U8', shape: [floats === 0 ? 0 : storedBytes(table)] };
}
