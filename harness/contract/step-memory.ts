/** Arrays of numbers that a plan may keep. */
export type KeptArray = Float32Array | Float64Array | Uint8Array | Int32Array | Uint32Array;

/** Numbers and arrays of numbers by name. The arrays are those that the plan goes on with, no copies. */
export type Remembered = Readonly<Record<string, number | KeptArray>>;

/**
 * The memory of a plan in this process from one step to the next, beside rows, weights and maps: free rows of a sketch, times, factors.
 * With it a training that was interrupted goes on in another process as if nothing had been. Small values are numbers; everything as
 * large as a table belongs into arrays, which are written as they are, or into maps.
 */
export interface StepMemory {
  /** Asked for between steps, after the first one at the earliest, and once the stage is trained. */
  read(): Remembered;
  /**
   * Takes over what `read` gave for the same plan in another process. No step has run in this one. The values of maps, rows and weights
   * come after it: what it begins anew is overwritten. The arrays are the plan's from here on.
   */
  write(remembered: Remembered): void;
}
