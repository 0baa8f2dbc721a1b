/**
 * Complementary partitions of n ids (Shi et al. 2020): k small numbers for each id, no two ids with the same ones. What is
 * returned is how many values each number takes; the first has about `collisions` ids to a value.
 */

/**
 * Digits of the id in a mixed radix, the lowest first: n / collisions values for the lowest one, about equally many
 * for all others.
 */
export function radices(n: number, collisions: number, k: number): number[] {
  const values = [Math.ceil(n / collisions)];
  let left = Math.ceil(n / values[0]);
  for (let digits = k - 1; digits > 0; digits--) {
    // 64^(1/3) is 3.9999999999999996 and 125^(1/3) 4.999999999999999, others come out above.
    const radix = digits === 1 ? left : Math.ceil(left ** (1 / digits) - 1e-9);
    values.push(radix);
    left = Math.ceil(left / radix);
  }
  return values;
}

/** Divisors without a common factor whose product is at least n: remainders tell ids apart (Chinese remainder theorem). */
export function coprimeDivisors(n: number, collisions: number, k: number): number[] {
  const divisors: number[] = [];
  for (const atLeast of radices(n, collisions, k)) {
    let divisor = atLeast;
    while (divisors.some((other) => commonFactor(divisor, other) > 1)) divisor++;
    divisors.push(divisor);
  }
  return divisors;
}

function commonFactor(a: number, b: number): number {
  return b === 0 ? a : commonFactor(b, a % b);
}
