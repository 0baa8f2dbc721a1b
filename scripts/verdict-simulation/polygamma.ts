/** First and second derivative of ln Γ: the mean and the variance of the logarithm of a χ² variable. */

/** ψ(x) for x > 0: the asymptotic series after shifting x above 10, where it is exact to 1e-12. */
export function digamma(x: number): number {
  let shift = 0;
  for (; x < 10; x++) shift -= 1 / x;
  const square = 1 / (x * x);
  const series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)));
  return shift + Math.log(x) - 1 / (2 * x) - series;
}

/** ψ′(x) for x > 0, in the same way. */
export function trigamma(x: number): number {
  let shift = 0;
  for (; x < 10; x++) shift += 1 / (x * x);
  const square = 1 / (x * x);
  const series =
    (1 + 1 / (2 * x) + square * (1 / 6 - square * (1 / 30 - square * (1 / 42 - square / 30)))) / x;
  return shift + series;
}

/** The x > 0 of a ψ′(x) > 0, which falls: by bisection. */
export function inverseTrigamma(value: number): number {
  let [low, high] = [1e-8, 1];
  while (trigamma(high) > value) high *= 2;
  for (let i = 0; i < 200; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (trigamma(middle) > value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
