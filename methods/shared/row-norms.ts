/** Euclidean norm of every row. */
export function rowNorms(values: Float32Array, width: number): Float32Array {
  return Float32Array.from({ length: values.length / width }, (_, row) => {
    let squares = 0;
    for (let k = row * width; k < (row + 1) * width; k++) squares += values[k] ** 2;
    return Math.sqrt(squares);
  });
}
