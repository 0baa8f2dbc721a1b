import type { Estimate } from '../../analysis/statistics/estimates.ts';

type Domain = readonly [low: number, high: number];

/** A linear axis of AUC or logloss; a narrow domain needs a fourth digit. */
export function scoreAxis(domain: Domain, tickCount: number) {
  const format = domain[1] - domain[0] < 0.006 ? '.4f' : '.3f';
  return valueAxis(domain, { title: null, format, tickCount });
}

/** A linear axis of differences from the baseline: signs at all labels but 0. */
export function changeAxis(domain: Domain, tickCount: number, more: { readonly labelFlush?: boolean } = {}) {
  const labelExpr = "datum.value === 0 ? '0' : format(datum.value, '+.4~f')";
  return valueAxis(domain, { title: null, labelExpr, tickCount, ...more });
}

function valueAxis(domain: Domain, axis: object) {
  return { field: 'value', type: 'quantitative', scale: { domain, nice: false, zero: false }, axis };
}

/** Zero as a point of a domain. */
export const noChange: Estimate = { value: 0, error: undefined, count: 1 };

/** The value of a mark and the ends of its error bar, which are the value where there is none. */
export function errorBar({ value, error = 0 }: Pick<Estimate, 'value' | 'error'>) {
  return { value: digits(value), low: digits(value - error), high: digits(value + error) };
}

/** Six digits: more cannot be seen and are not known, and they are half of the bytes of a page. */
export function digits(value: number): number {
  return Number(value.toFixed(6));
}
