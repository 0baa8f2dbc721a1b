import type { Storage, Table } from '../../../harness/contract/method.ts';
import { random } from '../../../base/random.ts';
import { tableFloats } from '../../../harness/contract/size.ts';
import { codecOf } from '../../../harness/serving/codecs.ts';

export const tableOf = (width: number, rows: number, stored?: Storage, stride?: number): Table => ({
  width,
  ...(stride !== undefined && { stride }),
  parts: [{ rows, init: { mean: 0, halfWidth: 1 } }],
  ...(stored && { stored }),
});

/** Normal numbers; a few far out where `outliers`. */
export function floatsFor(table: Table, { seed = 1, deviation = 0.01, mean = 0, outliers = 0 } = {}) {
  const stream = random(seed);
  return Float32Array.from({ length: tableFloats(table) }, () => {
    return mean + deviation * stream.normal() * (stream.uniform() < outliers ? 20 : 1);
  });
}

/** All floats of a table after writing and reading. */
export function storedAndRead(table: Table, floats: Float32Array): Float32Array {
  const codec = codecOf(table);
  const read = new Float32Array(floats.length);
  codec.reader(codec.encode(floats))(0, floats.length, read, 0);
  return read;
}
