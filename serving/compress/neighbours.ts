/** Rows whose neighbours are compared, [rows, width], as they were and as they are decoded. */
export interface SampledRows {
  readonly width: number;
  readonly before: Float32Array;
  readonly after: Float32Array;
}

export const neighbours = 10;

/**
 * Mean share of the 10 rows nearest by cosine that are still among the 10 nearest, each row compared with all others of the sample. Of
 * rows that are equally near the first ones count; a row of zeros has the cosine 0. Null where the sample has no 11 rows.
 */
export function neighboursKept({ width, before, after }: SampledRows): number | null {
  const rows = before.length / width;
  if (rows <= neighbours) return null;
  const [was, is] = [unitRows(before, width), unitRows(after, width)];
  let kept = 0;
  for (let row = 0; row < rows; row++) {
    const [old, found] = [nearest(was, width, row), nearest(is, width, row)];
    for (const one of found) if (old.includes(one)) kept++;
  }
  return kept / (neighbours * rows);
}

function unitRows(rows: Float32Array, width: number): Float64Array {
  const units = Float64Array.from(rows);
  for (let from = 0; from < units.length; from += width) {
    let square = 0;
    for (let k = from; k < from + width; k++) square += units[k] * units[k];
    const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let k = from; k < from + width; k++) units[k] *= scale;
  }
  return units;
}

/** The rows nearest to one, itself left out. */
function nearest(units: Float64Array, width: number, row: number): Uint32Array {
  const found = new Uint32Array(neighbours);
  const cosines = new Float64Array(neighbours).fill(-Infinity);
  const rows = units.length / width;
  for (let other = 0; other < rows; other++) {
    if (other === row) continue;
    let cosine = 0;
    for (let k = 0; k < width; k++) cosine += units[row * width + k] * units[other * width + k];
    if (cosine <= cosines[neighbours - 1]) continue;
    let at = neighbours - 1;
    for (; at > 0 && cosine > cosines[at - 1]; at--) {
      cosines[at] = cosines[at - 1];
      found[at] = found[at - 1];
    }
    cosines[at] = cosine;
    found[at] = other;
  }
  return found;
}
