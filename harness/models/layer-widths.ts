import { z } from 'zod';

/** Widths of hidden layers, an option of models: `512-256-64` on the command line, numbers in settings. */
export function layerWidths(byDefault: string, about: string) {
  const error = 'Expected widths joined by dashes, such as 512-256-64';
  const widths = z.array(z.int({ error }).min(1, { error }), { error });
  return z.preprocess(numbersOf, widths).prefault(byDefault).describe(about);
}

/** One width alone is a number already. */
function numbersOf(value: unknown): unknown {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^\d+(-\d+)*$/.test(text) ? text.split('-').map(Number) : text;
}

/** The text that asks for it: `512-256-64`. */
export const widthsText = (widths: readonly number[]) => widths.join('-');
