import type { Estimate } from '../../analysis/statistics/estimates.ts';

/** `1.42 ± 0.06`: a ratio of speeds, with its spread over rounds. */
export const ratioText = ({ value, error }: Estimate): string =>
  `${value.toFixed(2)} ± ${(error ?? 0).toFixed(2)}`;
