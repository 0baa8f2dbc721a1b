/** Facts of the preparation as people read them: known ones in words, all others as free-form JSON. */
import { z } from 'zod';
import { plural } from '../../base/plural.ts';
import { sum } from '../../base/sum.ts';
import { formatCount } from '../format.ts';
import { headSharesText } from '../head-shares-text.ts';
import { type Fact, factsOf } from './facts.ts';

type Facts = Readonly<Record<string, unknown>>;

interface Known {
  readonly name: string;
  /** The value in words; undefined if it has not the form that it should have. */
  text(value: unknown): string | undefined;
}

/** A known fact whose value has a form; a recording of another version may have another one. */
const known = <T>(name: string, form: z.ZodType<T>, words: (value: T) => string): Known => ({
  name,
  text(value) {
    const parsed = form.safeParse(value);
    return parsed.success ? words(parsed.data) : undefined;
  },
});

const percent = (share: number) => `${(100 * share).toFixed(2)} %`;

const field = z.looseObject({
  name: z.string(),
  distinctTokens: z.number(),
  keptTokens: z.number(),
  pool: z.string().optional(),
  values: z.number().optional(),
});

function fieldText({ name, distinctTokens, keptTokens, pool, values }: z.infer<typeof field>): string {
  const kept = keptTokens === distinctTokens ? '' : `, ${formatCount(keptTokens)} kept`;
  const pooled = pool === undefined ? '' : `, the ${pool} of ${formatCount(values ?? 0)} values`;
  return `${name} ${formatCount(distinctTokens)}${kept}${pooled}`;
}

const side = z.looseObject({ file: z.string(), column: z.string(), rows: z.number(), lacking: z.number() });

const sideText = ({ file, column, rows, lacking }: z.infer<typeof side>) =>
  `${file}: ${plural(rows, 'row', formatCount(rows))} by ${column}, lacking for ${plural(lacking, 'line', formatCount(lacking))} of the log`;

const knownFacts: Readonly<Record<string, Known>> = {
  badLines: known('lines left out', z.number(), formatCount),
  clickRate: known(
    'click rate',
    z.strictObject({ train: z.number(), validation: z.number(), test: z.number() }),
    (rates) =>
      `${percent(rates.train)} train, ${percent(rates.validation)} validation, ${percent(rates.test)} test`,
  ),
  counts: known(
    'counts',
    z.strictObject({ lines: z.number(), impressions: z.number(), clicks: z.number() }),
    ({ lines, impressions, clicks }) =>
      `${formatCount(lines)} lines with ${formatCount(impressions)} impressions and ${formatCount(clicks)} clicks`,
  ),
  days: known(
    'rows by day',
    z.record(z.string(), z.number()),
    (days) =>
      `${Object.entries(days)
        .map(([day, rows]) => `${day} ${formatCount(rows)}`)
        .join(', ')}; ${formatCount(sum(Object.values(days)))} in all`,
  ),
  fields: known(
    'tokens',
    z.array(field).min(1),
    (fields) => `of the training part: ${fields.map(fieldText).join('; ')}`,
  ),
  headShares: known(
    'lookups in training, fields weighted by their ids',
    z.record(z.string(), z.number()),
    headSharesText,
  ),
  idsPerToken: known('ids for each training token', z.number(), String),
  maxIdsPerField: known('modulo', z.number(), formatCount),
  minCount: known('min count', z.number(), formatCount),
  order: known('id order', z.string(), (order) => order),
  published: known('published', z.string(), (text) => text),
  sides: known('side tables', z.array(side), (sides) => sides.map(sideText).join('; ')),
  weights: known('rows', z.literal(true), () => 'have weights'),
};

/** All facts in the order of their names in the recording. */
export function preparationFacts(facts: Facts): Fact[] {
  return factsOf(facts, (key, value) => {
    const fact = Object.hasOwn(knownFacts, key) ? knownFacts[key] : undefined;
    const text = fact?.text(value);
    return text === undefined ? undefined : { name: fact!.name, text };
  });
}

/** Sentences about the data that a reader must know before any number. */
export function dataCaveats({ published, weights, maxIdsPerField, idsPerToken, fields }: Facts): string[] {
  return [
    ...(typeof published === 'string' && !published.startsWith('as published')
      ? [`The data are ${published}.`]
      : []),
    ...(weights === true
      ? ['Rows have weights: a row counts as often as its weight in the loss and in all scores.']
      : []),
    ...(typeof idsPerToken === 'number' ? [hashedText(fields)] : []),
    ...(typeof maxIdsPerField === 'number'
      ? [
          `Tokens are taken modulo ${formatCount(maxIdsPerField)}: different ones share an id before any method does.`,
        ]
      : []),
  ];
}

const sharing = z.array(z.looseObject({ distinctTokens: z.number(), sharingTokens: z.number() }));

function hashedText(fields: unknown): string {
  const known = sharing.safeParse(fields);
  const said = 'Ids are hashes of tokens: serving needs no vocabulary and no keys';
  if (!known.success) return `${said}, and tokens that meet share an id before any method does.`;
  const [all, shared] = [known.data.map(({ distinctTokens }) => distinctTokens), known.data.map(({ sharingTokens }) => sharingTokens)].map(sum); // prettier-ignore
  return `${said}. ${formatCount(shared)} of ${formatCount(all)} training tokens share theirs with another one before any method does.`;
}
