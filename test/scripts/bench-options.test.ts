import { describe, expect, test } from 'vitest';
import { UserError } from '../../base/user-error.ts';
import { benchCommand, type BenchOptions } from '../../scripts/options/bench-options.ts';
import { benchThroughput } from '../../scripts/bench/throughput.ts';
import { benchTraining } from '../../scripts/bench/training.ts';

/** Options of one suite that the others do not take. Nothing is started before they are refused. */

const parsed = (...args: string[]) => benchCommand().parse(args, { from: 'user' });

test('what may be several is a list, whatever the suite', () => {
  const args = ['--backend', 'wasm,cpu', '--threads', '1,2', '--batch', '64, 128', '--scale', '1,0.1'];
  const options = parsed(...args, '--optimizer', 'sgd,adam', '--python', 'a,b').opts<BenchOptions>();
  expect(options).toMatchObject({
    backend: ['wasm', 'cpu'],
    threads: [1, 2],
    batch: [64, 128],
    scale: [1, 0.1],
    optimizer: ['sgd', 'adam'],
    python: ['a', 'b'],
    peer: true,
  });
});

describe('training refuses', () => {
  test.each([
    ['--backend', 'wasm,cpu'],
    ['--threads', '1,2'],
    ['--batch', '64,128'],
    ['--optimizer', 'sgd,adam'],
    ['--scale', '1,0.1'],
  ])('%s %s', async (flag, value) => {
    const refused = benchTraining(parsed('--method', 'md', flag, value));
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow(`${flag} ${value}: several values are for --suite throughput`);
  });

  test.each([['--rounds', '3'], ['--profile'], ['--python', 'python3'], ['--no-peer']])(
    '%s',
    async (...args) => {
      const refused = benchTraining(parsed('--method', 'md', ...args));
      await expect(refused).rejects.toThrow(`${args[0]}: that is for --suite throughput; leave it out`);
    },
  );
});

describe('throughput refuses', () => {
  test.each([
    ['--seeds', '2'],
    ['--dataset', 'criteo'],
    ['--data', 'x'],
    ['--rows', '1000'],
    ['--protocol', 'random'],
    ['--no-log-transform'],
    ['--epochs', '2'],
    ['--learning-rate', '1'],
    ['--activations', '8'],
    ['--gradients', 'sbpca:1'],
    ['--patience', '2'],
    ['--dropout', '0.1'],
    ['--average', '0.1'],
    ['--recipe', 'dlrm'],
    ['--jobs', '2'],
    ['--force'],
  ])('%s', async (...args) => {
    const refused = benchThroughput(parsed('--suite', 'throughput', ...args));
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow(`${args[0]}: --suite throughput times a model on random ids`);
  });

  test.each([
    [['--method', 'mdd'], 'did you mean md?'],
    [['--no-peer', '--backend', 'wsm'], 'did you mean wasm?'],
    [['--no-peer', '--backend', 'wasm', '--threads', '7'], 'the wasm backend has one thread'],
    [['--python', 'echo'], '--python echo: it is no Python; name another, or leave it out'],
    [['--no-peer', '--out', 'package.json'], 'is a file; choose another --out'],
    [['--set', 'hash.keep=1', '--method', 'md'], 'hashing-trick is not among the methods'],
  ])('%j', async (args, says) => {
    const refused = benchThroughput(parsed('--suite', 'throughput', '--scale', '0.0001', ...args));
    await expect(refused).rejects.toThrow(UserError);
    await expect(refused).rejects.toThrow(says);
  });
});
