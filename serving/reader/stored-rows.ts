import type { Table } from '../../harness/contract/method.ts';
import { openStretch, type ReadFloats, wholeUnits } from '../../harness/serving/piecewise.ts';
import type { ManifestTable } from '../program/manifest.ts';
import type { StoredTensor } from '../safetensors/read.ts';
import type { Floats } from './arrays.ts';
import type { IndexArray } from './index-operations.ts';
import { none } from './sets.ts';
import { checkHolds } from './stored-tensors.ts';

/** Bytes of a table that are in one array: Node.js has arrays of 4 GiB at most. */
const segmentBytes = 2 ** 30;

/** A table of a manifest as its codec takes it. */
export function planTable({ rows, width, stride, stored }: ManifestTable): Table {
  return {
    ...{ width, parts: [{ rows, init: { mean: 0, halfWidth: 0 } }] },
    ...(stride !== width && { stride }),
    ...(stored.kind !== 'fp32' && { stored }),
  };
}

/**
 * A table in memory in its stored form, in segments of whole rows and whole units of about `most` bytes. Sparse tables, those whose rows overlap,
 * and normal floats with scales in 8 bits are in one array.
 */
export function heldTable(table: ManifestTable, tensor: StoredTensor, most = segmentBytes): ReadFloats {
  const { floats, width, stride } = table;
  if (floats === 0) return () => undefined;
  const own = planTable(table);
  const [, unit] = wholeUnits(own, 0, 1);
  const step = unit * width;
  const share = tensor.bytes / most;
  const segment = step * Math.max(1, Math.floor(floats / share / step));
  if (share <= 1 || unit === floats || stride !== width) {
    checkHolds(tensor);
    return openStretch(own, tensor.read, 0, floats);
  }
  const segments: ReadFloats[] = [];
  for (let from = 0; from < floats; from += segment)
    segments.push(openStretch(own, tensor.read, from, Math.min(floats, from + segment)));
  return (from, count, out, at) => {
    const number = Math.floor(from / segment);
    segments[number](from - number * segment, count, out, at);
  };
}

/** Rows of some indices: [rows, columns, width], zeros for `none`. Throws a RangeError for a row that the table has not. */
export function lookUp(
  { rows, width, stride, tensor }: ManifestTable,
  { data, columns }: IndexArray,
  read: ReadFloats,
  first = 0,
): Floats {
  const found = new Float32Array(data.length * width);
  data.forEach((row, i) => {
    if (row === none) return;
    if (row >= rows) throw new RangeError(`row ${row} is outside ${tensor} of ${rows} rows`);
    read(row * stride - first, width, found, i * width);
  });
  return { data: found, shape: [data.length / columns, columns, width] };
}
