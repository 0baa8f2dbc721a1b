/** The true click probability of a row of version 2, calibrated on a pilot of rows. */
import { sigmoid, solve, standardize } from '../calibration.ts';
import { pilotRows, pilotStart, type PlantedLog } from '../planted-log.ts';
import type { PlantedSettings } from '../settings.ts';
import { change, type PartName, shares } from './parts.ts';
import { rowMaker, type Signal, type World } from './signal.ts';
import { type Week, weekOf } from './week.ts';

const partNames = Object.keys(shares) as PartName[];

/** The log of version 2. Row i depends on the settings other than `rows`, on i, and, unless `drift` is 0, on i / rows. */
export function secondVersion(settings: PlantedSettings, capacity: number): PlantedLog {
  const week = weekOf(settings.rows);
  const { scores, line, measured } = calibrate(settings, settings.bestAuc);
  const { rows, fill } = rowMaker(settings, capacity, week, measured);
  const bend = hours(week, settings.drift);
  const logits = new Float64Array(capacity);
  const probabilities = new Float32Array(capacity);
  return {
    ids: rows.ids,
    integers: rows.integers,
    probabilities,
    fill(start, size) {
      fill(start, size);
      scores(rows.signal, size, logits);
      bend(start, size, logits);
      for (let row = 0; row < size; row++) probabilities[row] = sigmoid(line.bias + line.slope * logits[row]);
    },
  };
}

/** Writes the scores of a block: the sum of its parts, each of mean 0 and of its share of the variance over the pilot. */
type Scores = (signal: Signal, size: number, scores: Float64Array) => void;

/** The parts of rows of a week of their own, beyond any log, [pilotRows] each, and what follows from them. */
export function pilot(world: World) {
  const week = weekOf(pilotRows, pilotStart);
  const { rows, measured, fill } = rowMaker(world, pilotRows, week);
  fill(pilotStart, pilotRows);
  const standardized = partNames.map((name) => ({
    name,
    line: standardize(rows.signal[name], shares[name]),
  }));
  const scores: Scores = (signal, size, scores) => {
    scores.fill(0);
    for (const { name, line } of standardized) {
      const part = signal[name];
      for (let row = 0; row < size; row++) scores[row] += line(part[row]);
    }
  };
  return { week, rows, measured: measured(), scores };
}

function calibrate(world: World, bestAuc: number) {
  const { week, rows, measured, scores } = pilot(world);
  const logits = new Float64Array(pilotRows);
  scores(rows.signal, pilotRows, logits);
  hours(week, world.drift)(pilotStart, pilotRows, logits);
  return { scores, measured, line: solve(logits, bestAuc) };
}

/** Changes scores by the hour of their rows, one period a day: a bias, and a factor on what can be told. */
function hours(week: Week, drift: number) {
  return (start: number, size: number, scores: Float64Array): void => {
    if (drift === 0) return;
    for (let row = 0; row < size; row++) {
      const wave = Math.sin(2 * Math.PI * week.timeOf(start + row)) * drift;
      scores[row] = scores[row] * (1 + change.hourSlope * wave) + change.hourBias * wave;
    }
  };
}
