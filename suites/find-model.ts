import type { Model } from '../harness/contract/model.ts';
import { models } from '../harness/models/index.ts';
import { findNamed } from '../base/find-named.ts';

/** Throws a UserError that names the nearest for a name that no model has. */
export const findModel = (name: string): Model => findNamed(models, 'model', name);

/** The width of vectors under a model: its only one, or what is asked for. */
export const widthUnder = ({ width }: Model, dim: number): number => width ?? dim;

/**
 * A sentence for whoever asks for vectors of a width that the model does not take; undefined if it takes it.
 */
export function widthNote({ name, width }: Model, dim: number): string | undefined {
  if (width === undefined || width === dim) return undefined;
  return `${name} takes ${width} float${width === 1 ? '' : 's'} of an id: --dim ${dim} is left aside`;
}

/** The network of a model under options that were parsed: the record's `network`. */
export const networkText = (model: string, options: Readonly<Record<string, unknown>>): string =>
  findModel(model).describe(options);

/** The model of records without a model's name, and the default. */
export const [defaultModel] = models;
