/** Rules by which a field gets wider and narrower. */
export interface GrowthRule {
  /** The gate that all active coordinates have to be above for one more. */
  readonly grow: number;
  /** The gate that the least of them is below where the last one goes. */
  readonly shrink: number;
  /** Factor of the logits of gates. */
  readonly temperature: number;
}

/** The gate of a coordinate, from its logit. */
export const gateOf = (logit: number, temperature: number): number =>
  1 / (1 + Math.exp(-temperature * logit));

/**
 * The wish of a field with these logits of its active coordinates: 1 more, 1 less, or 0. One weak coordinate keeps a field from
 * growing, and it is the last one that goes, whichever is weak: as published.
 */
export function wishOf(logits: ArrayLike<number>, { grow, shrink, temperature }: GrowthRule): -1 | 0 | 1 {
  const gates = Array.from(logits, (logit) => gateOf(logit, temperature));
  if (gates.every((gate) => gate > grow)) return 1;
  return gates.length > 1 && Math.min(...gates) < shrink ? -1 : 0;
}

/** Widths of fields, and for how many tests in a row each has wished for more. */
export interface Growth {
  readonly widths: Uint32Array;
  readonly wishes: Uint32Array;
}

/** A field has to wish for more in so many tests, one after the other. */
const testsInRow = 2;

/**
 * Tests all fields once, in their order, and changes their widths by one at most. `logits`: row-major [fields, coordinates];
 * `fits`: if a field may be as wide beside the others as they are.
 */
export function growFields(
  { widths, wishes }: Growth,
  logits: Float32Array,
  rule: GrowthRule,
  fits: (field: number, width: number) => boolean,
): void {
  const most = logits.length / widths.length;
  widths.forEach((width, f) => {
    const wish = wishOf(logits.subarray(f * most, f * most + width), rule);
    wishes[f] = wish > 0 ? wishes[f] + 1 : 0;
    if (wish < 0) widths[f]--;
    if (wishes[f] < testsInRow || width === most || !fits(f, width + 1)) return;
    widths[f]++;
    wishes[f] = 0;
  });
}

/**
 * The result of a search: of the active coordinates those whose gates are above a half, one at least; and the fields of further
 * coordinates in the order of what they are worth, the mean gate of their field by their place.
 */
export function foundWidths(
  widths: Uint32Array,
  logits: Float32Array,
  temperature: number,
): { readonly widths: readonly number[]; readonly wanted: readonly number[] } {
  const most = logits.length / widths.length;
  const further: { f: number; worth: number }[] = [];
  const found = Array.from(widths, (width, f) => {
    const active = [...logits.subarray(f * most, f * most + width)];
    const kept = Math.max(1, active.filter((logit) => logit > 0).length);
    const mean = active.reduce((sum, logit) => sum + gateOf(logit, temperature), 0) / width;
    for (let place = kept + 1; place <= most; place++) further.push({ f, worth: mean / place });
    return kept;
  });
  further.sort((a, b) => b.worth - a.worth); // the first of equal ones stays before the others
  return { widths: found, wanted: further.map(({ f }) => f) };
}
