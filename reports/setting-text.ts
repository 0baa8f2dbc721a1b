import type { Setting } from '../analysis/comparisons/comparable.ts';
import { exactTraining } from '../analysis/comparisons/exact-training.ts';
import { plainTraining } from '../analysis/comparisons/practice.ts';
import { formatCount } from './format.ts';
import { practiceWords } from './practice-text.ts';

/** The settings that all comparisons have in common, in words. */
export function sharedSettings(settings: readonly Setting[]): string {
  return settings.length === 0
    ? ''
    : settingText(settings[0], (name) => !differs(settings, name) && !isUsual(settings[0], name));
}

/** The settings in which the one at `index` differs from the others, in words; empty if it is the only one. */
export function ownSettings(settings: readonly Setting[], index: number): string {
  return settingText(settings[index], (name) => differs(settings, name));
}

/** Values that are shown only if another comparison departs from them. */
const usual: Partial<Setting> = {
  ...exactTraining,
  ...plainTraining,
  counted: 'bytes',
  rowsOn: 'backend',
};

const isUsual = (setting: Setting, name: keyof Setting) => name in usual && setting[name] === usual[name];

function differs(settings: readonly Setting[], name: keyof Setting): boolean {
  return new Set(settings.map((setting) => setting[name])).size > 1;
}

function settingText(setting: Setting, include: (name: keyof Setting) => boolean): string {
  const words: Record<keyof Setting, string> = {
    model: setting.model,
    network: `layers ${setting.network}`,
    dim: `dim ${setting.dim}`,
    optimizer: setting.optimizer,
    learningRate:
      setting.learningRate === undefined
        ? 'learning rates chosen on validation'
        : `learning rate ${setting.learningRate}`,
    gradients: `${setting.gradients} gradients`,
    activations:
      setting.activations === exactTraining.activations
        ? 'exact activations'
        : `activations of ${setting.activations} bits in the backward pass`,
    batchSize: `batch ${formatCount(setting.batchSize)}`,
    batchOrder: setting.batchOrder === 'log' ? 'batches in log order' : 'batches shuffled',
    epochs: setting.epochs === 1 ? '1 epoch' : `up to ${setting.epochs} epochs`,
    ...practiceWords(setting),
    counted: setting.counted === 'keys' ? 'budgets with keys' : 'budgets without keys',
    rowsOn: setting.rowsOn === 'host' ? 'table rows in JavaScript' : 'table rows on the backend',
    backend: `${setting.backend} backend`,
    threads: setting.threads === 1 ? '1 thread' : `${setting.threads} threads`,
  };
  const names = Object.keys(words) as (keyof Setting)[];
  return names
    .filter(include)
    .map((name) => words[name])
    .join(', ');
}
