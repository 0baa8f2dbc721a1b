/**
 * A number for a manifest. JSON has no infinity, no NaN and no -0: they are told as texts, which every reader's conversion to a number takes.
 */
export const jsonNumber = (x: number): number | string =>
  Number.isFinite(x) && !Object.is(x, -0) ? x : Object.is(x, -0) ? '-0' : String(x);
