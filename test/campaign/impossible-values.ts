/** Values that no run can have, in words of their own: the schema of results/record.ts is what is tested. */

type Json = { readonly [key: string]: unknown };

export interface ImpossibleValue {
  readonly path: readonly string[];
  /** True if a record has this path. */
  readonly of: (record: Json) => boolean;
  /** Undefined: it is missing. '1e999' stands for a number that JSON reads as infinite. */
  readonly value: unknown;
}

const noNumber = [undefined, null, 'x', '1', {}, [], true, '1e999'];
const negative = [...noNumber, -1, -1e-9];
const noCount = [...negative, 0.5];
const notPositive = [...negative, 0];
const noSize = [...notPositive, 1.5];
const noShare = [...negative, 1.5, 100];

const all = () => true;
const completed = ({ status }: Json) => status === 'completed';

const rules: readonly (readonly [path: string, of: (record: Json) => boolean, wrong: readonly unknown[]])[] =
  [
    ['id', all, [undefined, null, 1, {}]],
    ['method', all, [undefined, null, 1, []]],
    ['status', all, [undefined, 'done', null, 1]],
    ['dataset.rows.train', all, noCount],
    ['dataset.rows.test', all, noCount],
    ['dataset.protocol', all, ['both', undefined, 1]],
    ['learningRate', all, notPositive],
    ['batchSize', all, noSize],
    ['epochs', all, noSize],
    ['dim', all, noSize],
    ['threads', all, noSize],
    ['seed', all, noCount],
    ['seconds', all, negative],
    ['startedAt', all, [undefined, 'yesterday', 1, null]],
    ['compression.requested', all, notPositive],
    ['compression.achieved', completed, notPositive],
    ...['parameters', 'servingBytes', 'trainingBytes', 'fullParameters', 'fullBytes'].map(
      (key) => [`size.${key}`, completed, noCount] as const,
    ),
    ['quality.auc', completed, noShare],
    ['quality.accuracy', completed, noShare],
    ['quality.validation.auc', completed, noShare],
    ['quality.logloss', completed, negative],
    ['quality.normalizedEntropy', completed, negative],
    ['quality.calibration', completed, negative],
    ...['trainSamplesPerSecond', 'inferenceSamplesPerSecond', 'lookupsPerSecond'].flatMap((key) => [
      [`speed.${key}.median`, completed, negative] as const,
      [`speed.${key}.mad`, completed, negative] as const,
      [`speed.${key}.count`, completed, noCount] as const,
    ]),
    ['memory.peakRssBytes', completed, negative],
  ];

/** One impossible value of one record each. */
export const impossibleValues: readonly ImpossibleValue[] = rules.flatMap(([path, of, wrong]) =>
  wrong.map((value) => ({ path: path.split('.'), of, value })),
);
