/** The range that the codes of a block span, from the first to the last. */
export interface Range {
  readonly lo: number;
  readonly hi: number;
}

/** Its codes are 0, its scale is 1 (PyTorch's choice). */
const isConstant = ({ lo, hi }: Range) => hi - lo < 1e-8;

export function scaleOf(range: Range, bits: number): number {
  return isConstant(range) ? 1 : (range.hi - range.lo) / (2 ** bits - 1);
}

/**
 * round((w - lo) / scale), within the codes there are. A search takes billions of these: whole numbers, no branches. What
 * is cut off towards 0 is rounded where it is not negative, and the rest has the code 0 as it is.
 */
export function codeOf(x: number, lo: number, perUnit: number, highest: number): number {
  return Math.min(highest, Math.max(0, ((x - lo) * perUnit + 0.5) | 0));
}

/** The error of what the codes of a block give back. */
export function squaredError(values: Float32Array, lo: number, scale: number, highest: number): number {
  const perUnit = 1 / scale;
  let sum = 0; // in squares of the scale
  for (let i = 0; i < values.length; i++) {
    const error = (values[i] - lo) * perUnit - codeOf(values[i], lo, perUnit, highest);
    sum += error * error;
  }
  return sum * scale * scale;
}

export function minMaxRange(values: Float32Array): Range {
  let lo = Infinity;
  let hi = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const x = values[i];
    if (x < lo) lo = x;
    if (x > hi) hi = x;
  }
  return { lo, hi };
}

/** 200 steps in the whole range, of which 16 % are tried: PyTorch's numbers. */
const stepsInRange = 200;
const stepsTried = 32;

/**
 * Narrows the range step by step, each from that end which leaves the smaller squared error, and takes the best on the way
 * (Guan et al. 2019, section 3).
 */
export function greedyRange(values: Float32Array, bits: number): Range {
  const whole = minMaxRange(values);
  if (isConstant(whole)) return whole;
  const highest = 2 ** bits - 1;
  const step = (whole.hi - whole.lo) / stepsInRange;
  const errorOf = (lo: number, hi: number) => squaredError(values, lo, (hi - lo) / highest, highest);
  let { lo, hi } = whole;
  let best = whole;
  let least = errorOf(lo, hi);
  for (let tried = 0; tried < stepsTried; tried++) {
    const fromBelow = errorOf(lo + step, hi);
    const fromAbove = errorOf(lo, hi - step);
    if (fromBelow < fromAbove) lo += step;
    else hi -= step;
    const error = Math.min(fromBelow, fromAbove);
    if (error < least) {
      least = error;
      best = { lo, hi };
    }
  }
  return best;
}
