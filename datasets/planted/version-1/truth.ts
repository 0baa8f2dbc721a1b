/** The true click probability of a row from the parts of its signal, calibrated on a pilot of rows. */
import { sigmoid, solve, standardize } from '../calibration.ts';
import { pilotRows, pilotStart, type PlantedLog } from '../planted-log.ts';
import type { PlantedSettings } from '../settings.ts';
import { rowMaker, type Signal } from './rows.ts';

/** Share of the logit's variance that each part gets. */
const shares: Record<keyof Signal, number> = { ids: 0.45, integers: 0.25, interactions: 0.3 };

/** The log of version 1. Row i depends on the settings other than `rows`, and on i, alone. */
export function firstVersion(settings: PlantedSettings, capacity: number): PlantedLog {
  const { seed, scale, bestAuc } = settings;
  const truth = calibrate(seed, scale, bestAuc);
  const { rows, fill } = rowMaker(seed, scale, capacity);
  const probabilities = new Float32Array(capacity);
  return {
    ids: rows.ids,
    integers: rows.integers,
    probabilities,
    fill(start, size) {
      fill(start, size);
      truth(rows.signal, size, probabilities);
    },
  };
}

/** Writes the true click probabilities of a block of rows. */
type Truth = (signal: Signal, size: number, probabilities: Float32Array) => void;

/** Standardizes the parts over a pilot, which has the meaning of ids of `seed`, and solves for bias and slope. */
function calibrate(seed: number, scale: number, bestAuc: number): Truth {
  const { rows, fill } = rowMaker(seed, scale, pilotRows);
  fill(pilotStart, pilotRows);
  const ids = standardize(rows.signal.ids, shares.ids);
  const integers = standardize(rows.signal.integers, shares.integers);
  const interactions = standardize(rows.signal.interactions, shares.interactions);
  const score = (signal: Signal, row: number) =>
    ids(signal.ids[row]) + integers(signal.integers[row]) + interactions(signal.interactions[row]);

  const { bias, slope } = solve(
    Float64Array.from({ length: pilotRows }, (_, row) => score(rows.signal, row)),
    bestAuc,
  );
  return (signal, size, probabilities) => {
    for (let row = 0; row < size; row++) probabilities[row] = sigmoid(bias + slope * score(signal, row));
  };
}
