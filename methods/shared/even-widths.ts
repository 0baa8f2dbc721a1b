/** `dim` cut into `pieces` widths that differ by 1 at most, the wider ones first; no more pieces than `dim`. */
export function evenWidths(dim: number, pieces: number): number[] {
  const count = Math.min(pieces, dim);
  return Array.from({ length: count }, (_, piece) => Math.ceil((dim - piece) / count));
}
