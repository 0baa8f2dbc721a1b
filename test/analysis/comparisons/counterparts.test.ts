import { describe, expect, it } from 'vitest';
import { counterparts } from '../../../analysis/comparisons/counterparts.ts';
import type { TrainingEnvironment } from '../../../results/environment.ts';
import type { RunRecord } from '../../../results/record.ts';
import { completedRun, environment } from '../../reports/recordings.ts';

const runs = [0.75, 0.76].map((auc, i) => completedRun({ method: 'robe', ratio: 4, seed: i + 1, auc }));
const named = (name: string, runs: readonly RunRecord[], data: TrainingEnvironment['data'] = environment.data) => ({
  name,
  recording: {
    environment: { ...environment, data },
    runs: runs.map((run) => ({
      ...run,
      dataset: { ...run.dataset, fingerprint: data.fingerprint, protocol: data.protocol },
    })),
  },
}); // prettier-ignore
const a = named('results/a', runs);
const with_ = (change: Partial<RunRecord>) =>
  named(
    'results/b',
    runs.map((run) => ({ ...run, ...change }) as RunRecord),
  );
const rates = (...learningRates: number[]) =>
  learningRates.flatMap((learningRate) => runs.map((run) => ({ ...run, learningRate })));

describe('recordings', () => {
  it('of the same data and setting are counterparts, whatever method they hold', () => {
    const [pair, ...more] = counterparts(a, with_({ method: 'uniform' }));
    expect(more).toEqual([]);
    expect(pair.a.runs).toEqual(a.recording.runs);
    expect(pair.b.runs[0].method).toBe('uniform');
  });

  it('of other data or another protocol are refused', () => {
    const other = { ...environment.data, fingerprint: 'planted-0' };
    const random = { ...environment.data, protocol: 'random' as const };
    expect(() => counterparts(a, named('results/b', runs, other))).toThrow(
      /^results\/a and results\/b differ in data \(planted planted-3f9c2a71 and planted planted-0\): they are never/,
    );
    expect(() => counterparts(a, named('results/b', runs, random))).toThrow(
      'differ in protocol (temporal and random):',
    );
  });

  it.each([
    [{ model: 'dcn' }, 'model (dlrm and dcn)'],
    [{ network: '16/16' }, 'layers (512-256-64/512-256 and 16/16)'],
    [{ dim: 32 }, 'dim (16 and 32)'],
    [{ optimizer: 'sgd' }, 'optimizer (adagrad and sgd)'],
    [{ learningRate: 0.1 }, 'learning rate (0.05 and 0.1)'],
    [{ batchSize: 256, epochs: 2 }, 'batch size (2048 and 256), epochs (1 and 2)'],
    [{ batchOrder: 'log' }, 'batch order (shuffled and log)'],
    [{ count: 'keys' }, 'what budgets hold (bytes and keys)'],
    [{ backend: 'native', threads: 2 }, 'backend (wasm and native), threads (1 and 2)'],
  ] as const)('in other settings are refused: %j', (change, says) => {
    expect(() => counterparts(a, with_(change))).toThrow(`differ in ${says}: they are never compared`);
  });

  it('that chose of other learning rates are refused', () => {
    const chosen = named('results/b', rates(0.01, 0.05));
    expect(() => counterparts(a, chosen)).toThrow('learning rate (0.05 and chosen of 0.01/0.05)');
    expect(() => counterparts(named('results/a', rates(0.05, 0.02)), chosen)).toThrow(
      'learning rate (chosen of 0.02/0.05 and chosen of 0.01/0.05)',
    );
    expect(counterparts(chosen, chosen)).toHaveLength(1);
  });

  it('share the settings that both have', () => {
    const both = named('results/b', [...runs, ...runs.map((run) => ({ ...run, epochs: 2 }))]);
    expect(counterparts(a, both).map(({ b }) => b.setting.epochs)).toEqual([1]);
    expect(counterparts(both, both)).toHaveLength(2);
  });

  it('without training runs are refused', () => {
    expect(() => counterparts(a, named('results/b', []))).toThrow('results/b: holds no training runs');
  });
});
