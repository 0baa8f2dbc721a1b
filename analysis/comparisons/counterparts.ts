import { UserError } from '../../base/user-error.ts';
import { commonRates } from './chosen-rate.ts';
import { type Comparison, type Setting, comparisons } from './comparable.ts';
import type { TrainingEnvironment } from '../../results/environment.ts';
import type { Recording } from '../../results/recording.ts';

/** A recording and its name for the user: its folder. */
export interface NamedRecording {
  readonly name: string;
  readonly recording: Recording;
}

/** The same setting in two recordings. */
export interface Counterparts {
  readonly a: Comparison;
  readonly b: Comparison;
}

/**
 * The settings that two recordings share, in a fixed order. Throws a UserError that names the differences where they hold
 * no runs, saw different data or protocols, or have no setting in common: their numbers are never put side by side.
 */
export function counterparts(a: NamedRecording, b: NamedRecording): Counterparts[] {
  for (const { name, recording } of [a, b]) requireRuns(name, recording);
  const [dataOfA, dataOfB] = [a, b].map(({ recording }) => recording.environment.data!);
  const differing = [
    ...difference('protocol', dataOfA.protocol, dataOfB.protocol),
    ...difference('data', dataText(dataOfA), dataText(dataOfB)),
  ];
  if (differing.length > 0) throw refusal(a, b, differing);
  const [ofA, ofB] = [a, b].map(({ recording }) => comparisons(recording));
  const shared = ofA.flatMap((one) => {
    const other = ofB.find((candidate) => differences(one, candidate).length === 0);
    return other === undefined ? [] : [{ a: one, b: other }];
  });
  if (shared.length > 0) return shared;
  const attempts = ofA.flatMap((one) => ofB.map((other) => differences(one, other)));
  throw refusal(a, b, attempts.sort((one, other) => one.length - other.length)[0]);
}

/** Throws a UserError if a recording has no training runs. */
export function requireRuns(name: string, { environment, runs }: Recording): void {
  if (environment.data === undefined || runs.length === 0)
    throw new UserError(
      `${name}: holds no training runs, and only their AUC is compared; name another recording`,
    );
}

const names: Readonly<Record<keyof Setting, string>> = {
  model: 'model',
  network: 'layers',
  dim: 'dim',
  optimizer: 'optimizer',
  learningRate: 'learning rate',
  activations: 'bits of activations',
  gradients: 'gradients',
  batchSize: 'batch size',
  batchOrder: 'batch order',
  epochs: 'epochs',
  patience: 'patience',
  reduceOnPlateau: 'reduction on plateaus',
  warmUp: 'warm-up',
  decay: 'decay',
  l2Rows: 'L2 of rows',
  l2Network: 'L2 of the network',
  dropout: 'dropout',
  average: 'average of weights',
  optimizerOptions: 'options of the optimizer',
  counted: 'what budgets hold',
  rowsOn: 'place of table rows',
  backend: 'backend',
  threads: 'threads',
};

/** Differences of two comparisons in words; empty if their settings are equal, including the rates to choose from. */
function differences(a: Comparison, b: Comparison): string[] {
  return (Object.keys(names) as (keyof Setting)[]).flatMap((name) =>
    difference(names[name], valueOf(a, name), valueOf(b, name)),
  );
}

function valueOf({ setting, rates }: Comparison, name: keyof Setting): string {
  if (name !== 'learningRate' || setting.learningRate !== undefined) return String(setting[name]);
  return `chosen of ${commonRates(rates).join('/')}`;
}

function difference(setting: string, a: string, b: string): string[] {
  return a === b ? [] : [`${setting} (${a} and ${b})`];
}

const dataText = ({ name, fingerprint }: TrainingEnvironment['data']) => `${name} ${fingerprint}`;

function refusal(a: NamedRecording, b: NamedRecording, differing: readonly string[]): UserError {
  return new UserError(
    `${a.name} and ${b.name} differ in ${differing.join(', ')}: they are never compared; ` +
      `record both with the same data and settings`,
  );
}
