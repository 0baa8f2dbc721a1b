/** What a run record may say, in words of its own: the schema of results/record.ts is what is tested. */

type Json = { readonly [key: string]: unknown };

interface Rule {
  readonly path: readonly string[];
  /** Whether a record must have it. */
  readonly of: (record: Json) => boolean;
  readonly optional?: true;
  readonly possible: (value: unknown) => boolean;
  readonly wrong: readonly unknown[];
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const atLeast = (least: number) => (value: unknown) => isNumber(value) && value >= least;
const share = (value: unknown) => isNumber(value) && value >= 0 && value <= 1;
const count = (least: number) => (value: unknown) => Number.isInteger(value) && (value as number) >= least;
const text = (value: unknown) => typeof value === 'string';

const noNumber = [undefined, null, 'x', '1', {}, [], true, '1e999'];
const negative = [...noNumber, -1, -1e-9];
const all = () => true;
const completed = ({ status }: Json) => status === 'completed';

const rule = (path: string, of: Rule['of'], possible: Rule['possible'], wrong: readonly unknown[]): Rule => ({
  ...{ path: path.split('.'), of, possible, wrong },
});

const rules: readonly Rule[] = [
  rule('id', all, text, [undefined, null, 1, {}]),
  rule('method', all, text, [undefined, null, 1, []]),
  rule('status', all, (value) => ['completed', 'infeasible', 'failed'].includes(value as string), [
    undefined,
    'done',
    null,
    1,
  ]),
  rule('dataset.rows.train', all, count(0), [...negative, 0.5]),
  rule('dataset.rows.test', all, count(0), [...negative, 0.5]),
  rule('dataset.protocol', all, (value) => value === 'temporal' || value === 'random', [
    'both',
    undefined,
    1,
  ]),
  rule('learningRate', all, (value) => isNumber(value) && value > 0, [...negative, 0]),
  rule('batchSize', all, count(1), [...negative, 0, 1.5]),
  rule('epochs', all, count(1), [...negative, 0, 1.5]),
  rule('dim', all, count(1), [...negative, 0, 1.5]),
  rule('threads', all, count(1), [...negative, 0, 1.5]),
  rule('seed', all, count(0), [...negative, 0.5]),
  rule('seconds', all, atLeast(0), negative),
  rule('startedAt', all, text, [undefined, 'yesterday', 1, null]),
  rule('compression.requested', all, (value) => isNumber(value) && value > 0, [...negative, 0]),
  rule('compression.achieved', completed, (value) => isNumber(value) && value > 0, [...negative, 0]),
  ...['parameters', 'servingBytes', 'trainingBytes', 'fullParameters', 'fullBytes'].map((key) =>
    rule(`size.${key}`, completed, count(0), [...negative, 0.5]),
  ),
  rule('quality.auc', completed, share, [...negative, 1.5, 100]),
  rule('quality.accuracy', completed, share, [...negative, 1.5]),
  rule('quality.logloss', completed, atLeast(0), negative),
  rule('quality.normalizedEntropy', completed, atLeast(0), negative),
  rule('quality.calibration', completed, atLeast(0), negative),
  rule('quality.validation.auc', completed, share, [...negative, 1.5]),
  ...['trainSamplesPerSecond', 'inferenceSamplesPerSecond', 'lookupsPerSecond'].flatMap((key) => [
    rule(`speed.${key}.median`, completed, atLeast(0), negative),
    rule(`speed.${key}.mad`, completed, atLeast(0), negative),
    rule(`speed.${key}.count`, completed, count(0), [...negative, 0.5]),
  ]),
  rule('memory.peakRssBytes', completed, atLeast(0), negative),
];

/** One impossible value of one record each. */
export const impossibleValues = rules.flatMap(({ path, of, wrong }) =>
  wrong.map((value) => ({ path, of, value })),
);

/** What is impossible in a record that was read, if anything is. */
export function plausible(record: Json): string | undefined {
  for (const { path, of, possible } of rules) {
    if (!of(record)) continue;
    const value = path.reduce<unknown>((inner, key) => (inner as Json)[key], record);
    if (!possible(value)) return `${path.join('.')} is ${JSON.stringify(value)}`;
  }
  return undefined;
}
