/** Where a block's codes begin, and how far apart they are: w is about lo + scale * code. */
export interface Range {
  readonly scale: number;
  readonly lo: number;
}

/** Below it a block counts as constant: its codes are 0 (PyTorch's choice of the scale 1 there). */
const smallestRange = 1e-8;

/** The first code is the smallest value, the last the largest. */
export function minMaxRange(values: Float32Array, bits: number): Range {
  let [lo, hi] = [Infinity, -Infinity];
  for (const x of values) {
    if (x < lo) lo = x;
    if (x > hi) hi = x;
  }
  return rangeFrom(lo, hi, bits);
}

const steps = 200;
const leastShare = 1 - 0.16;

/**
 * Narrows the range from either end, by steps of 1/200 of the whole, always from the end that leaves the smaller squared
 * error, and takes the best on the way; ends where 84 % of the range is left (Guan et al. 2019, section 3, with
 * PyTorch's numbers of steps and share).
 */
export function greedyRange(values: Float32Array, bits: number): Range {
  const whole = minMaxRange(values, bits);
  const codes = 2 ** bits - 1;
  let [lo, hi] = [whole.lo, whole.lo + whole.scale * codes];
  const width = hi - lo;
  const step = width / steps;
  let best = { error: squaredError(values, whole, codes), range: whole };
  while (hi - lo > leastShare * width + step / 2 && step > 0) {
    const up = rangeFrom(lo + step, hi, bits);
    const down = rangeFrom(lo, hi - step, bits);
    const [upError, downError] = [squaredError(values, up, codes), squaredError(values, down, codes)];
    if (upError < downError) lo += step;
    else hi -= step;
    const error = Math.min(upError, downError);
    if (error < best.error) best = { error, range: upError < downError ? up : down };
  }
  return best.range;
}

function rangeFrom(lo: number, hi: number, bits: number): Range {
  return { lo, scale: hi - lo < smallestRange ? 1 : (hi - lo) / (2 ** bits - 1) };
}

function squaredError(values: Float32Array, { lo, scale }: Range, codes: number): number {
  let sum = 0;
  for (const x of values) {
    const code = Math.min(codes, Math.max(0, Math.round((x - lo) / scale)));
    sum += (x - lo - scale * code) ** 2;
  }
  return sum;
}
