/** The files of a prepared directory and what is in them. Numbers are little-endian, as on every platform of Node. */

export const manifestFile = 'manifest.json';
export const labelsFile = 'labels.u8'; // [rows]
export const denseFile = 'dense.f32'; // [rows, denseFields]
export const probabilitiesFile = 'probabilities.f32'; // [rows], only if the source knows them
export const weightsFile = 'weights.f32'; // [rows], only if rows have weights
export const countsFile = (field: string) => `counts-${field}.u32`; // [cardinality]
export const idsFile = (field: string, cardinality: number) => `ids-${field}.u${8 * idBytes(cardinality)}`; // [rows], or [values] of a pooled field
export const lengthsFile = (field: string) => `lengths-${field}.u8`; // [rows], values of a pooled field in each row
/** Times and given parts in the order of the log: there only while preparing. */
export const timesFile = 'times.f64'; // [rows]
export const partsFile = 'parts.u8'; // [rows]
export const sameLineFile = 'same-line.u8'; // [rows]
/** Raw tokens in the order of the log: there only while preparing. */
export const tokensFile = (field: string) => `tokens-${field}.u32`; // [rows, words], or [values, words] of a pooled field

/** Bytes of the narrowest unsigned integer that holds 0 .. cardinality-1. */
export const idBytes = (cardinality: number): 1 | 2 | 4 =>
  cardinality <= 2 ** 8 ? 1 : cardinality <= 2 ** 16 ? 2 : 4;

export type IdArray = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** An array of `length` ids, each as wide as in the file. */
export function idArray(cardinality: number, length: number): IdArray {
  const bytes = idBytes(cardinality);
  return bytes === 1
    ? new Uint8Array(length)
    : bytes === 2
      ? new Uint16Array(length)
      : new Uint32Array(length);
}

interface Shape {
  readonly rows: number;
  readonly denseFields: number;
  readonly probabilities: boolean;
  readonly weights?: boolean;
  readonly fields: readonly {
    readonly name: string;
    readonly cardinality: number;
    /** Present for a pooled field: the values of all rows. */
    readonly values?: number | undefined;
  }[];
}

/** Every column file with its exact size in bytes. */
export function expectedFiles({
  rows,
  denseFields,
  probabilities,
  weights,
  fields,
}: Shape): Map<string, number> {
  const files = new Map([
    [labelsFile, rows],
    [denseFile, rows * denseFields * 4],
  ]);
  if (probabilities) files.set(probabilitiesFile, rows * 4);
  if (weights) files.set(weightsFile, rows * 4);
  for (const { name, cardinality, values } of fields) {
    files.set(idsFile(name, cardinality), (values ?? rows) * idBytes(cardinality));
    if (values !== undefined) files.set(lengthsFile(name), rows);
    files.set(countsFile(name), cardinality * 4);
  }
  return files;
}
