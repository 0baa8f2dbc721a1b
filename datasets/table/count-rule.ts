/** Counts are weights of 32-bit floats, which hold all whole numbers up to this one. */
export const mostImpressions = 2 ** 24;

/** A count as a number; undefined for what is none. `3.0` is 3, as a table of floats has it. */
export function countOf(cell: string): number | undefined {
  if (!/^\+?[0-9]+(\.0*)?$/.test(cell)) return undefined;
  const count = Number(cell);
  return count <= mostImpressions ? count : undefined;
}

export const noCount = `is no count: a whole number from 0 to ${mostImpressions}`;
export const noImpressions = 'is no number of impressions: a line was shown once or more often';
export const tooMany = (clicks: number, impressions: number): string =>
  `${clicks} clicks are more than ${impressions} impressions`;
