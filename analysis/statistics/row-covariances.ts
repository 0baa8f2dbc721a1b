import type { Placements } from './delong.ts';

/** Bytes of placements that are held at a time. */
const maxHeldBytes = 256e6;

/**
 * The covariances over test rows of the AUCs of several runs (DeLong), of their deviations from the mean run. Lower half with the
 * diagonal, computed in doubles. `placementsOf` may be asked for a run more than once where not all fit into memory.
 */
export function rowCovariances(count: number, placementsOf: (run: number) => Placements): Float32Array {
  const full = Array.from({ length: count }, () => new Float64Array(count));
  const { ofClicks, ofNonClicks } = placementsOf(0);
  const block = Math.max(1, Math.floor(maxHeldBytes / 2 / (4 * (ofClicks.length + ofNonClicks.length))));
  const blocks = Array.from({ length: Math.ceil(count / block) }, (_, b) => b * block);
  const heldFrom = (start: number) =>
    Array.from({ length: Math.min(block, count - start) }, (_, i) => placementsOf(start + i));
  for (const first of blocks) {
    const some = heldFrom(first);
    for (const second of blocks.filter((start) => start <= first)) {
      const others = second === first ? some : heldFrom(second);
      some.forEach((a, i) => {
        others.forEach((b, j) => {
          if (second + j > first + i) return;
          const value = covariance(a, b);
          full[first + i][second + j] = value;
          full[second + j][first + i] = value;
        });
      });
    }
  }
  return centred(full);
}

function covariance(a: Placements, b: Placements): number {
  const [clicks, others] = [a.ofClicks.length, a.ofNonClicks.length];
  return (
    classCovariance(a.ofClicks, b.ofClicks, others, a.auc * b.auc) +
    classCovariance(a.ofNonClicks, b.ofNonClicks, clicks, a.auc * b.auc)
  );
}

/** The share of one class. The mean placement of either class is the AUC. */
function classCovariance(a: Int32Array, b: Int32Array, others: number, means: number): number {
  const rows = a.length;
  let products = 0;
  for (let row = 0; row < rows; row++) products += a[row] * b[row];
  return (products / (4 * others * others) - rows * means) / (rows * Math.max(1, rows - 1));
}

function centred(full: readonly Float64Array[]): Float32Array {
  const count = full.length;
  const means = full.map((row) => row.reduce((sum, value) => sum + value, 0) / count);
  const all = means.reduce((sum, value) => sum + value, 0) / count;
  const half = new Float32Array((count * (count + 1)) / 2);
  for (let i = 0, at = 0; i < count; i++)
    for (let j = 0; j <= i; j++) half[at++] = full[i][j] - means[i] - means[j] + all;
  return half;
}
