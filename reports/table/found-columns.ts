import { sum } from '../../base/sum.ts';
import { countedBytes } from '../../results/counted-bytes.ts';
import type { CompletedRun } from '../../results/record.ts';
import type { Column } from './column.ts';
import { completed, json } from './make-column.ts';

/** Sizes, quality, speed and memory of completed runs. */
export const foundColumns: readonly Column[] = [
  completed(
    'compression',
    'double',
    'full bytes / counted bytes, at least what was requested',
    ({ compression }) => compression.achieved,
  ),
  completed(
    'counted_bytes',
    'int',
    'bytes that count against the budget: serving bytes, with keys where these count',
    (run) => countedBytes(run),
    'bytes',
  ),
  completed(
    'serving_bytes',
    'int',
    'bytes that answer lookups, without keys',
    ({ size }) => size.servingBytes,
    'bytes',
  ),
  completed(
    'table_bytes',
    'int',
    'serving bytes of rows and codebooks',
    ({ size }) => size.bytes?.tables,
    'bytes',
  ),
  completed(
    'scale_bytes',
    'int',
    'serving bytes of scales of stored integers',
    ({ size }) => size.bytes?.scales,
    'bytes',
  ),
  completed(
    'position_bytes',
    'int',
    'serving bytes of positions in sparse tables',
    ({ size }) => size.bytes?.positions,
    'bytes',
  ),
  completed(
    'weight_bytes',
    'int',
    'serving bytes of dense weights of the embedding layer',
    ({ size }) => size.bytes?.weights,
    'bytes',
  ),
  completed(
    'map_bytes',
    'int',
    'serving bytes of integers per id: ranks, sets, signatures',
    ({ size }) => size.bytes?.maps,
    'bytes',
  ),
  completed('code_bytes', 'int', 'serving bytes of codes per id', ({ size }) => size.bytes?.codes, 'bytes'),
  completed(
    'key_bytes',
    'int',
    'bytes of keys of ids that are told apart',
    ({ size }) => size.keyBytes,
    'bytes',
  ),
  completed(
    'parameters',
    'int',
    'trainable floats of the embedding layer',
    ({ size }) => size.parameters,
    'floats',
  ),
  completed(
    'training_bytes',
    'int',
    'bytes of floats, maps and optimizer state of the largest stage',
    ({ size }) => size.trainingBytes,
    'bytes',
  ),
  completed(
    'full_bytes',
    'int',
    'serving bytes of the uncompressed tables',
    ({ size }) => size.fullBytes,
    'bytes',
  ),
  completed('auc', 'double', 'AUC of the test part', ({ quality }) => quality.auc),
  completed('logloss', 'double', 'logloss of the test part', ({ quality }) => quality.logloss, 'nats'),
  completed(
    'accuracy',
    'double',
    'share of test rows on the right side of one half',
    ({ quality }) => quality.accuracy,
  ),
  completed(
    'normalized_entropy',
    'double',
    'logloss / logloss of always saying the click rate',
    ({ quality }) => quality.normalizedEntropy,
  ),
  completed(
    'calibration',
    'double',
    'sum of predictions / clicks; 1 is calibrated',
    ({ quality }) => quality.calibration,
  ),
  completed(
    'validation_auc',
    'double',
    'AUC of the validation part, by which choices are made',
    ({ quality }) => quality.validation.auc,
  ),
  completed(
    'validation_logloss',
    'double',
    'logloss of the validation part',
    ({ quality }) => quality.validation.logloss,
    'nats',
  ),
  completed(
    'best_possible_auc',
    'double',
    'the highest AUC that any model could have, where the data set knows it',
    ({ quality }) => quality.bestPossible?.auc,
  ),
  completed('tail_auc', 'double', 'AUC of the third of test rows with the rarest ids', groupAuc('tail')),
  completed('torso_auc', 'double', 'AUC of the third in between', groupAuc('torso')),
  completed('head_auc', 'double', 'AUC of the third whose ids are all frequent', groupAuc('head')),
  completed('epoch', 'int', 'epoch that validation chose, from 1', ({ quality }) => quality.epoch),
  completed('stages', 'int', 'stages of training', ({ stages }) => stages?.length),
  completed(
    'trained_samples',
    'int',
    'samples that all stages saw',
    ({ stages }) => stages && sum(stages.map(({ samples }) => samples)),
    'samples',
  ),
  completed(
    'training_seconds',
    'double',
    'wall time of all stages, those included that another run trained',
    ({ stages }) => stages && sum(stages.map(({ seconds }) => seconds)),
    's',
  ),
  completed(
    'final_loss',
    'double',
    'training loss of the last point of the learning curve',
    ({ curve }) => curve.at(-1)?.loss,
    'nats',
  ),
  ...(['train', 'inference'] as const).flatMap((kind) => [
    completed(
      `${kind}_samples_per_second`,
      'double',
      `samples of ${kind === 'train' ? 'training' : 'inference'} per second, median`,
      ({ speed }) => speed[`${kind}SamplesPerSecond`].median,
      '1/s',
    ),
    completed(
      `${kind}_samples_per_second_mad`,
      'double',
      'its median absolute deviation',
      ({ speed }) => speed[`${kind}SamplesPerSecond`].mad,
      '1/s',
    ),
  ]),
  completed(
    'lookups_per_second',
    'double',
    'ids turned into vectors per second, median',
    ({ speed }) => speed.lookupsPerSecond.median,
    '1/s',
  ),
  completed(
    'peak_rss_bytes',
    'int',
    'most memory that the process of the run held',
    ({ memory }) => memory.peakRssBytes,
    'bytes',
  ),
  completed(
    'choices',
    'json',
    'what the method resolved for the budget, under names of its own',
    ({ choices }) => json(choices),
  ),
];

function groupAuc(group: 'tail' | 'torso' | 'head') {
  return ({ quality }: CompletedRun) => quality.byFrequency?.find((one) => one.group === group)?.auc;
}
