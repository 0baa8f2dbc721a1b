/** Gaps to the best of the 34 methods at 16x in the catalogue's recording of the Criteo sample. */
const recorded = [
  0, 0.0001, 0.0001, 0.0003, 0.0005, 0.001, 0.0012, 0.0018, 0.0019, 0.0022, 0.0024, 0.0027, 0.0031, 0.0034, 0.0037,
  0.0041, 0.0042, 0.0045, 0.0047, 0.0047, 0.0048, 0.005, 0.0056, 0.0059, 0.0066, 0.0067, 0.0068, 0.0069, 0.007,
  0.0073, 0.0082, 0.0088, 0.0119, 0.0146,
]; // prettier-ignore

/**
 * True distances below the best: `none`, all equal; `edge`, all others exactly the margin below one; `spread`, as recorded, at
 * evenly spaced places.
 */
export function gapsOf(kind: 'none' | 'edge' | 'spread', methods: number, margin = 0): number[] {
  if (kind === 'none') return new Array<number>(methods).fill(0);
  if (kind === 'edge') return Array.from({ length: methods }, (_, i) => (i === 0 ? 0 : margin));
  return Array.from({ length: methods }, (_, i) => {
    const place = (i / (methods - 1)) * (recorded.length - 1);
    const [low, high] = [recorded[Math.floor(place)], recorded[Math.ceil(place)]];
    return low + (place % 1) * (high - low);
  });
}
