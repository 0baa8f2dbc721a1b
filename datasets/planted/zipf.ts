/**
 * Ranks 0 .. cardinality-1 from uniform numbers, for P(rank k) ~ (k + 1 + shift)^-exponent with `top` more on rank 0.
 * The quantile function itself, so that one uniform number gives comparable ranks in several fields.
 */

export interface RankLaw {
  readonly cardinality: number;
  readonly exponent: number;
  readonly shift: number;
  readonly top: number;
}

/** Ranks kept in a table; beyond them the sum over ranks equals its integral to a relative error under 1e-7. */
export const headRanks = 1024;

/** Constants of a law: cumulative probabilities of the head, and the integral that continues them. */
function measure(law: RankLaw) {
  const { cardinality, exponent, shift, top } = law;
  const head = Math.min(cardinality, headRanks);
  // Midpoint rule: the sum of (k + shift)^-s over k = a+1 .. b is the integral of x^-s from a+shift+1/2 to b+shift+1/2.
  const power = 1 - exponent;
  const antiderivative = (x: number) => (power === 0 ? Math.log(x) : Math.pow(x, power) / power);
  const start = head + shift + 0.5;
  const base = antiderivative(start);
  const tail = antiderivative(cardinality + shift + 0.5) - base;

  const cumulative = new Float64Array(head);
  let sum = 0;
  for (let k = 0; k < head; k++) cumulative[k] = sum += Math.pow(k + 1 + shift, -exponent);
  const total = sum + tail;
  for (let k = 0; k < head; k++) cumulative[k] = top + ((1 - top) * cumulative[k]) / total;
  return { head, power, start, base, tail, total, cumulative };
}

/** Probabilities of the first ranks, [min(cardinality, 1024)]; the others share the rest. */
export function headProbabilities(law: RankLaw): Float64Array {
  const { cumulative } = measure(law);
  return cumulative.map((share, k) => share - (k > 0 ? cumulative[k - 1] : 0));
}

/** The probability of any rank >= 0, a number that need not be whole. */
export function probabilityOf(law: RankLaw): (rank: number) => number {
  const { exponent, shift, top } = law;
  const { total } = measure(law);
  return (rank) => (rank < 1 ? top : 0) + ((1 - top) * Math.pow(rank + 1 + shift, -exponent)) / total;
}

/** The rank at which the cumulative probability passes `u` in [0, 1): constant time and memory for any cardinality. */
export function rankOf(law: RankLaw): (u: number) => number {
  const { cardinality } = law;
  const { head, power, start, base, tail, cumulative } = measure(law);
  const headMass = cardinality > head ? cumulative[head - 1] : Infinity;

  // guide[j] = first rank whose cumulative probability exceeds j / cells: the search starts there.
  const cells = 4 * head;
  const guide = new Uint16Array(cells);
  for (let j = 0, k = 0; j < cells; j++) {
    while (k < head - 1 && cumulative[k] <= j / cells) k++;
    guide[j] = k;
  }

  return (u) => {
    if (u >= headMass) {
      const area = base + ((u - headMass) / (1 - headMass)) * tail;
      const x = power === 0 ? Math.exp(area) : Math.pow(area * power, 1 / power);
      return Math.min(cardinality - 1, Math.floor(x - start) + head);
    }
    let k = guide[Math.floor(u * cells)];
    while (k < head - 1 && cumulative[k] <= u) k++;
    return k;
  };
}
