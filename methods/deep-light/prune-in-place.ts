import type { Step, Table } from '../../harness/contract/method.ts';
import { tableRows } from '../../harness/contract/table-shape.ts';

/** Access of a step to rows. */
type Access = Pick<Step, 'read' | 'write'>;

/**
 * Sets the smallest floats of a table to zero while it is trained, so that at most `keep` are left; of those that are
 * equally large, all or none. The optimizer forgets rows in which something changes. Goes over the table three times, in
 * pieces, and takes no memory of its size.
 */
export async function pruneInPlace(access: Access, table: Table, keep: number): Promise<void> {
  const { width } = table;
  const dropped = await largestDropped(access, table, keep);
  for await (const { rows, values } of pieces(access, table)) {
    const magnitudes = magnitudesOf(values);
    let changed = 0;
    for (let i = 0; i < rows.length; i++) {
      let changes = false;
      for (let k = i * width; k < (i + 1) * width; k++) {
        if (magnitudes(k) === 0 || magnitudes(k) > dropped) continue;
        values[k] = 0;
        changes = true;
      }
      if (!changes) continue;
      rows[changed] = rows[i];
      values.copyWithin(changed++ * width, i * width, (i + 1) * width);
    }
    if (changed > 0) access.write(table, rows.slice(0, changed), values.slice(0, changed * width));
  }
}

/** Magnitudes as integers: what a float's bits are without its sign rises with it. */
function magnitudesOf(values: Float32Array): (at: number) => number {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return (at) => bits[at] & 0x7fffffff;
}

/** The largest magnitude that goes where at most `keep` stay; 0 if nothing has to. Its two halves are found in turn. */
async function largestDropped(access: Access, table: Table, keep: number): Promise<number> {
  const high = await firstTooMany(access, table, keep, (magnitude) => magnitude >>> 15);
  const left = keep - high.larger;
  const low = await firstTooMany(access, table, left, (magnitude) =>
    magnitude >>> 15 === high.bin ? magnitude & 0x7fff : undefined,
  );
  return high.bin * 2 ** 15 + low.bin;
}

/** The bin of the float that is one too many, counting from the highest, and how many are in higher bins. */
async function firstTooMany(
  access: Access,
  table: Table,
  keep: number,
  binOf: (magnitude: number) => number | undefined,
): Promise<{ bin: number; larger: number }> {
  const counts = new Uint32Array(2 ** 16);
  for await (const { values } of pieces(access, table)) {
    const magnitudes = magnitudesOf(values);
    for (let k = 0; k < values.length; k++) {
      const bin = binOf(magnitudes(k));
      if (bin !== undefined) counts[bin]++;
    }
  }
  let [bin, larger] = [counts.length - 1, 0];
  while (bin > 0 && larger + counts[bin] <= keep) larger += counts[bin--];
  return { bin, larger };
}

const rowsPerPiece = 2 ** 16;

async function* pieces(
  access: Access,
  table: Table,
): AsyncGenerator<{ rows: Uint32Array; values: Float32Array }> {
  const all = tableRows(table);
  for (let from = 0; from < all; from += rowsPerPiece) {
    const rows = Uint32Array.from({ length: Math.min(rowsPerPiece, all - from) }, (_, i) => from + i);
    yield { rows, values: await access.read(table, rows) };
  }
}
