import { incompleteBeta } from './incomplete-beta.ts';

/**
 * The median of the F distribution: of the variances that samples with `degrees` degrees of freedom show, where the true ones
 * are spread as a scaled inverse χ² with `priorDegrees` around a common one, in units of that. 1.44 for 2 and an endless prior.
 */
export function medianF(degrees: number, priorDegrees: number): number {
  const below = (x: number) =>
    incompleteBeta((degrees * x) / (degrees * x + priorDegrees), degrees / 2, priorDegrees / 2);
  let [low, high] = [0, 1];
  while (below(high) < 0.5) high *= 2;
  // Bisection ends when the interval is one floating-point step wide.
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (below(middle) < 0.5) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
