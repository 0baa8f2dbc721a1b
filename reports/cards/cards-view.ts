import { families } from '../../harness/contract/kinds.ts';
import type { AnalyzedComparison } from '../../analysis/recording.ts';
import type { Environment } from '../../results/environment.ts';
import type { Recording } from '../../results/recording.ts';
import { type BudgetView, cardRow } from './budget-view.ts';
import { type DataField, dataFieldsOf } from './data-fields.ts';
import { type OptionView, optionsOf } from './options.ts';
import { type PerFieldView, perFieldView } from './per-field.ts';

/** The cards of a family, as methods.hbs reads them. Text is unescaped: the template escapes it. */
export interface FamilyView {
  readonly family: string;
  readonly cards: readonly CardView[];
}

export interface CardView {
  readonly name: string;
  /** Id of the card on the page. */
  readonly anchor: string;
  readonly title: string | undefined;
  readonly idea: string | undefined;
  readonly formula: string | undefined;
  /** Differences from the paper; undefined where the recording has no list, empty where none is known. */
  readonly departures: readonly { readonly what: string; readonly why: string }[] | undefined;
  readonly cite: string | undefined;
  readonly url: string | undefined;
  readonly parts: readonly PartView[];
}

/** A method in one comparison, with one set of options. */
export interface PartView {
  /** The settings and options in which it differs from the method's other parts; empty if there is one. */
  readonly heading: string;
  readonly options: readonly OptionView[];
  readonly budgets: readonly BudgetView[];
  readonly perField: PerFieldView | undefined;
}

/** A comparison, and the settings in which it differs from the others. */
export interface Section {
  readonly heading: string;
  readonly comparison: AnalyzedComparison;
}

/** A card for every method that was run or timed, by family. */
export function cardsView(
  { environment }: Recording,
  sections: readonly Section[],
  anchors: ReadonlyMap<string, string>,
): FamilyView[] {
  const fields = dataFieldsOf(environment);
  const cards = [...anchors].map(([name, anchor]) => {
    const known = environment.methods?.[name];
    const parts = sections.flatMap((section) => partsOf(name, section, fields, known?.defaults));
    const paper = known && { cite: known.paper.cite, url: linkable(known.paper.url) };
    const { title, idea, formula, departures } = known ?? {};
    const family = known?.family ?? '';
    return {
      family,
      card: { name, anchor, title, idea, formula, departures, cite: paper?.cite, url: paper?.url, parts },
    };
  });
  const rank = (family: string) => (families as readonly string[]).indexOf(family) + 1 || families.length + 1;
  const present = [...new Set(cards.map(({ family }) => family))];
  return present
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((family) => ({
      family,
      cards: cards.filter((entry) => entry.family === family).map(({ card }) => card),
    }));
}

/** Escaping does not disarm a javascript: link. */
function linkable(url: string): string | undefined {
  return /^https?:\/\//i.test(url) ? url : undefined;
}

function partsOf(
  method: string,
  { heading, comparison }: Section,
  fields: readonly DataField[],
  defaults: NonNullable<Environment['methods']>[string]['defaults'],
): PartView[] {
  const own = comparison.rows.filter((row) => row.series.method === method);
  const variants = [...new Set(own.map((row) => row.series))];
  return variants.map((variant) => {
    const budgets = own
      .filter((row) => row.series === variant)
      .map((row) => cardRow(row, comparison.rates, fields));
    const named = variant.label === method ? '' : variant.label;
    return {
      heading: [heading, named].filter((text) => text !== '').join(': '),
      options: optionsOf(variant.options, defaults),
      budgets: budgets.map(({ view }) => view),
      perField: perFieldView(budgets, fields),
    };
  });
}
