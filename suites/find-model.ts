import type { Model } from '../harness/contract/model.ts';
import { models } from '../harness/models/index.ts';
import { findNamed } from '../base/find-named.ts';

/** Throws a UserError that names the nearest for a name that no model has. */
export const findModel = (name: string): Model => findNamed(models, 'model', name);

/** The network of a model under options that were parsed: the record's `network`. */
export const networkText = (model: string, options: Readonly<Record<string, unknown>>): string =>
  findModel(model).describe(options);

/** What runs without a model's name in them were made with, and what runs where none is asked for. */
export const [defaultModel] = models;
