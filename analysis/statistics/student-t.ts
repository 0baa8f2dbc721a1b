import { incompleteBeta, logGamma } from './incomplete-beta.ts';

/**
 * Student's t distribution: with 3 to 5 seeds the normal quantile 1.96 would understate an interval by half.
 */

/** The `p`-quantile for `df` degrees of freedom: studentQuantile(0.975, 2) = 4.303. */
export function studentQuantile(p: number, df: number): number {
  if (p < 0.5) return -studentQuantile(1 - p, df);
  let [low, high] = [0, 1];
  while (studentCdf(high, df) < p) high *= 2;
  // Bisection ends when the interval is one floating-point step wide.
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (studentCdf(middle, df) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The t > 0 that a Student variable exceeds with probability `tail` < 0.5. Exact in the far tail, where 1 - tail has few
 * digits left. Newton's method on the logarithm of the tail, kept inside a bracket.
 */
export function studentUpper(tail: number, df: number): number {
  let [low, high] = [0, 1];
  while (studentTail(high, df) > tail) [low, high] = [high, 2 * high];
  const wanted = Math.log(tail);
  let t = (low + high) / 2;
  for (let i = 0; i < 200; i++) {
    const p = studentTail(t, df);
    if (p > tail) low = t;
    else high = t;
    const step = ((Math.log(p) - wanted) * p) / studentDensity(t, df);
    const next = t + step > low && t + step < high ? t + step : (low + high) / 2;
    if (Math.abs(next - t) <= 1e-13 * t) return next;
    t = next;
  }
  return t;
}

/** P(T > t), for t of either sign. */
export function studentTail(t: number, df: number): number {
  const tail = studentTails(t, df) / 2;
  return t > 0 ? tail : 1 - tail;
}

function studentDensity(t: number, df: number): number {
  const scale = Math.exp(logGamma((df + 1) / 2) - logGamma(df / 2)) / Math.sqrt(df * Math.PI);
  return scale * (1 + (t * t) / df) ** (-(df + 1) / 2);
}

/** P(|T| >= |t|): the p-value of a two-sided test. */
export function studentTails(t: number, df: number): number {
  const square = t * t;
  // Near 0 the share of df rounds to 1, and that of the square keeps its digits.
  return square < df
    ? 1 - incompleteBeta(square / (df + square), 0.5, df / 2)
    : incompleteBeta(df / (df + square), df / 2, 0.5);
}

/** P(T <= t), for t >= 0. */
function studentCdf(t: number, df: number): number {
  return 1 - studentTails(t, df) / 2;
}
