/**
 * H X in place, X [rows, width], rows a power of two, H the Walsh-Hadamard matrix of +1 and -1 in Sylvester's order:
 * H[i, j] = (-1)^(bits that i and j share). rows log2(rows) additions for every column.
 */
export function walshHadamard(values: Float64Array, width: number): void {
  const floats = values.length;
  for (let half = width; half < floats; half *= 2)
    for (let start = 0; start < floats; start += 2 * half)
      for (let i = start; i < start + half; i++) {
        const [x, y] = [values[i], values[i + half]];
        values[i] = x + y;
        values[i + half] = x - y;
      }
}
