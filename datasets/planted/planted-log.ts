/** Rows of a version of the generator, before labels are drawn and ids become tokens. */
export interface PlantedLog {
  readonly ids: readonly Int32Array[]; // per categorical field [capacity], ranks, -1 for missing
  readonly integers: readonly Int32Array[]; // per dense field [capacity]
  readonly probabilities: Float32Array; // [capacity], of a click, exact
  /** Makes rows start .. start+size-1 in the first `size` places of the arrays. */
  readonly fill: (start: number, size: number) => void;
}

/** Rows that fit a calibration; their numbers lie beyond any log. */
export const pilotRows = 65_536;
export const pilotStart = 2 ** 32 - pilotRows;
