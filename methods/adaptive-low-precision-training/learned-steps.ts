import { type Ends, roundToEven } from '../shared/precision/integer-grid.ts';

/**
 * The derivative of a float by the step that it is a multiple of, by the straight-through estimator (Esser et al., Learned
 * Step Size Quantization, ICLR 2020, equation 3): the integer where x is clipped, and round(x / step) - x / step elsewhere.
 */
export function stepSlope(x: number, step: number, { lowest, highest }: Ends): number {
  const exact = x / step;
  if (exact <= lowest) return lowest;
  if (exact >= highest) return highest;
  return roundToEven(exact) - exact;
}

/** Floats of a row's step state: its growth so far, Adam's two moments, and the number of its updates. */
export const stepState = 4;

export interface StepRule {
  /** First value of all steps. */
  readonly first: number;
  /** Learning rate of Adam. */
  readonly rate: number;
  readonly ends: Ends;
  /** Factor of gradients. */
  readonly gradientScale: number;
  /** Rounds a step as it is stored; rows are whole multiples of the rounded step. */
  readonly stored: (step: number) => number;
}

/** A step shrinks to no less than this share of what it began with. */
const minStep = 0.01;
const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

export function stepOf(state: Float32Array, row: number, { first, stored }: StepRule): number {
  return stored(Math.fround(first + state[row * stepState]));
}

/**
 * One update of the steps of rows, in place, by Adam, which rows outside a batch do not take part in. values: the rows as
 * floats, [rows, width]; gradients: of the loss by what was looked up of them, alike; state: [rows, stepState].
 */
export function learnSteps(
  { values, gradients, state }: Readonly<Record<'values' | 'gradients' | 'state', Float32Array>>,
  rule: StepRule,
): void {
  const rows = state.length / stepState;
  const width = values.length / rows;
  for (let row = 0, at = 0; row < rows; row++, at += stepState) {
    const step = stepOf(state, row, rule);
    let gradient = 0;
    for (let i = row * width; i < (row + 1) * width; i++)
      gradient += gradients[i] * stepSlope(values[i], step, rule.ends);
    gradient *= rule.gradientScale;
    const times = (state[at + 3] += 1);
    const mean = (state[at + 1] = beta1 * state[at + 1] + (1 - beta1) * gradient);
    const square = (state[at + 2] = beta2 * state[at + 2] + (1 - beta2) * gradient * gradient);
    const deviation = Math.sqrt(square / (1 - beta2 ** times));
    const change = (rule.rate * mean) / (1 - beta1 ** times) / (deviation + epsilon);
    state[at] = Math.max((minStep - 1) * rule.first, state[at] - change);
  }
}

/** The 16-bit float that is nearest to a positive number within their range, ties to even. */
export function nearestHalf(x: number): number {
  const unit = 2 ** (Math.max(-14, Math.floor(Math.log2(x))) - 10); // of the last bit of 11
  return roundToEven(x / unit) * unit;
}
