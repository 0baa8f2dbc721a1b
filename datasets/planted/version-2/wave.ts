/** A wave along the linear part: an effect of all integers together, which neither a sum over columns nor products of two can express. */
import { waveFrequency } from './parts.ts';

/** The linear part over a pilot, and the slope of the wave on it. */
export interface Linear {
  readonly mean: number;
  readonly deviation: number;
  readonly slope: number;
}

export function measureLinear(values: Float64Array, size: number): Linear {
  let [sum, squares] = [0, 0];
  for (let row = 0; row < size; row++) {
    sum += values[row];
    squares += values[row] ** 2;
  }
  const mean = sum / size;
  const deviation = Math.sqrt(squares / size - mean ** 2);
  let slope = 0;
  for (let row = 0; row < size; row++) {
    const x = (values[row] - mean) / deviation;
    slope += (x * Math.sin(waveFrequency * x)) / size;
  }
  return { mean, deviation, slope };
}

/** Adds the wave, less its best line. */
export function addWave(
  linear: Float64Array,
  size: number,
  { mean, deviation, slope }: Linear,
  wave: Float64Array,
) {
  for (let row = 0; row < size; row++) {
    const x = (linear[row] - mean) / deviation;
    wave[row] += Math.sin(waveFrequency * x) - slope * x;
  }
}
