import type { Model } from '../harness/contract/model.ts';
import { models } from '../harness/models/index.ts';
import { findNamed } from '../base/find-named.ts';

/** Throws a UserError that names the nearest for a name that no model has. */
export const findModel = (name: string): Model => findNamed(models, 'model', name);

/** The network of a model under options that were parsed: the record's `network`. */
export const networkText = (model: string, options: Readonly<Record<string, unknown>>): string =>
  findModel(model).describe(options);

/** The model of records without a model's name, and the default. */
export const [defaultModel] = models;
