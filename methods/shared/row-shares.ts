/** How many rows each field gets: one, and the rest in proportion to its other ids, so that all fields shrink alike. */
export function rowShares(ids: readonly number[], rows: number): number[] {
  const others = ids.reduce((sum, n) => sum + n - 1, 0);
  const extra = Math.max(0, Math.min(others, rows - ids.length));
  return ids.map((n) => 1 + (n > 1 ? Math.floor(((n - 1) * extra) / others) : 0)); // exact below 2^53
}
