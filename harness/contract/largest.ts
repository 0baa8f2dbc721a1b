/**
 * Positions, ascending, of the `count` floats that are largest in magnitude; of those that are equal the first. All of
 * them where there are no more.
 */
export function largest(floats: Float32Array, count: number): Uint32Array {
  if (count >= floats.length) return Uint32Array.from(floats.keys());
  if (count <= 0) return new Uint32Array(0);
  const magnitudes = floats.map(Math.abs).sort();
  const least = magnitudes[floats.length - count];
  // Sorted ascending, those above `least` are at the end; the rest of `count` are ties.
  let above = 0;
  while (above < count && magnitudes[floats.length - 1 - above] > least) above++;
  let ties = count - above;
  const positions = new Uint32Array(count);
  let found = 0;
  for (let at = 0; at < floats.length; at++) {
    const magnitude = Math.abs(floats[at]);
    if (magnitude > least || (magnitude === least && ties-- > 0)) positions[found++] = at;
  }
  return positions;
}
