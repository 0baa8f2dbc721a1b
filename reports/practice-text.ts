import { type Practice, plainTraining } from '../analysis/comparisons/practice.ts';

/** Settings of training in words, by name: "warm-up over 5 % of an epoch". */
export function practiceWords(practice: Practice): Record<keyof Practice, string> {
  const { patience, reduceOnPlateau, warmUp, decay, l2Rows, l2Network, dropout, average, optimizerOptions } =
    practice;
  const [shape, floor] = decay.split(':');
  return {
    patience: patience === 0 ? 'all epochs trained' : `stopped after ${epochs(patience)} without gain`,
    reduceOnPlateau:
      reduceOnPlateau === plainTraining.reduceOnPlateau
        ? 'no reduction on plateaus'
        : `learning rate divided by ${reduceOnPlateau} after an epoch without gain`,
    warmUp: warmUp === 0 ? 'no warm-up' : `warm-up over ${percent(warmUp)} of an epoch`,
    decay:
      decay === plainTraining.decay
        ? 'no decay'
        : `${shape} decay to ${percent(Number(floor))} of the learning rate`,
    l2Rows: l2Rows === 0 ? 'no L2 on rows' : `L2 ${l2Rows} on looked-up rows`,
    l2Network: l2Network === 0 ? 'no L2 on the network' : `L2 ${l2Network} on the network`,
    dropout: dropout === 0 ? 'no dropout' : `dropout ${dropout}`,
    average:
      average === 0 ? 'last weights' : `mean of the weights over the last ${percent(average)} of an epoch`,
    optimizerOptions: optionsText(optimizerOptions),
  };
}

/** `beta 0.1, l2 0`. */
function optionsText(json: string): string {
  const options = Object.entries(JSON.parse(json) as Record<string, number>);
  if (options.length === 0) return 'usual numbers of the optimizer';
  return `optimizer with ${options.map(([name, value]) => `${name} ${value}`).join(' and ')}`;
}

const epochs = (count: number) => (count === 1 ? 'an epoch' : `${count} epochs`);
const percent = (share: number) => `${Number((100 * share).toPrecision(6))} %`;
