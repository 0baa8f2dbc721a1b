/** Powers of two, and the model's width. */
export function widthsUpTo(dim: number): number[] {
  const widths: number[] = [];
  for (let width = 1; width < dim; width *= 2) widths.push(width);
  return [...widths, dim];
}
