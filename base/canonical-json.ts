/**
 * JSON of a value with the keys of all objects sorted, so that equal values give equal text. Members that are undefined
 * are left out; undefined alone gives null. Ids of runs are hashes of this text: a change here changes them.
 */
export function canonicalJson(value: unknown): string {
  const sorted = JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ) as string | undefined;
  return sorted ?? 'null';
}
