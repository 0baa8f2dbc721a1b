/** Shares rows out among fields: one each, and the rest in proportion to other ids, so that all fields shrink alike. */
export function rowShares(ids: readonly number[], rows: number): number[] {
  const others = ids.reduce((sum, n) => sum + n - 1, 0);
  const extra = Math.max(0, Math.min(others, rows - ids.length));
  return ids.map((n) => 1 + (n > 1 ? Math.floor(((n - 1) * extra) / others) : 0)); // exact below 2^53
}

/** `dim` cut into `pieces` widths that differ by 1 at most, the wider ones first; no more pieces than `dim`. */
export function evenWidths(dim: number, pieces: number): number[] {
  const count = Math.min(pieces, dim);
  return Array.from({ length: count }, (_, piece) => Math.ceil((dim - piece) / count));
}

/** Powers of two, and the model's width. */
export function widthsUpTo(dim: number): number[] {
  const widths: number[] = [];
  for (let width = 1; width < dim; width *= 2) widths.push(width);
  return [...widths, dim];
}
