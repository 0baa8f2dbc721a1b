import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRecording } from '../../results/store.ts';
import type { CompletedRun } from '../../results/record.ts';
import { largestDifference } from '../../serving/reader/check-samples.ts';
import { openModel } from '../../serving/reader/open-model.ts';
import { runScript, scratch, tiny } from '../scripts/run-script.ts';

/** A run is taken home from its kept model or trained again, and both are the same bytes. */

test('export of a kept model, and of the same run trained again', { timeout: 120_000 }, async () => {
  const folder = scratch();
  const recording = join(folder, 'recording');
  const cache = ['--cache', join(folder, 'cache')];
  const bench = await runScript('bench', [
    ...['--method', 'md,int8(hash),cafe', '--set', 'cafe.stored=sketch', '--compression', '8'],
    ...[
      '--seeds',
      '1',
      '--rows',
      '4000',
      ...tiny,
      '--no-references',
      '--no-baseline',
      '--keep-model',
      ...cache,
      '--out',
      recording,
    ],
  ]);
  // A model that cannot be exported costs its run nothing.
  expect(bench).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining('cafe: the model is not kept') as string,
  });
  const runs = readRecording(recording).runs.filter((run): run is CompletedRun => run.status === 'completed');
  expect(readdirSync(join(recording, 'models')).sort()).toEqual(
    runs
      .filter(({ method }) => method !== 'cafe')
      .map(({ id }) => id)
      .sort(),
  );
  expect(runs.some(({ method }) => method === 'cafe')).toBe(true);

  const exported = (more: readonly string[], out: string) =>
    runScript('export', [recording, ...more, ...cache, '--out', join(folder, out)]);
  const kept = await exported(['--method', 'md', '--compression', '8'], 'kept');
  expect(kept).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('check: 100 rows read back') as string,
  });
  expect(await exported(['--method', 'cafe'], 'sketch')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('no formula says which: it cannot be exported') as string,
  });
  rmSync(join(recording, 'models'), { recursive: true });
  const again = await exported(
    ['--run', runs.find(({ method }) => method === 'mixed-dimension')!.id],
    'again',
  );
  expect(again).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining('recorded') as string });
  for (const name of ['model.safetensors', 'vocabulary.safetensors', 'manifest.json', 'README.md'])
    expect(readFileSync(join(folder, 'again', name))).toEqual(readFileSync(join(folder, 'kept', name)));

  const model = openModel(join(folder, 'kept'));
  expect(model.manifest.samples.rows).toHaveLength(100);
  expect(largestDifference(model)).toBeLessThan(1e-6);
  // Another cell is another probability: the check reads the rows.
  const [row] = model.manifest.samples.rows!;
  expect(model.predict([{ ...row, I2: 1e9 }])[0]).not.toBe(model.predict([row])[0]);
  // The layer on disk is what is counted, but for the few integers that put columns in order.
  const { size } = runs.find(({ method }) => method === 'mixed-dimension')!;
  expect(model.manifest.bytes.servingBytes).toBe(size.servingBytes);

  expect(await exported(['--method', 'md'], 'kept')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('--force') as string,
  });
  expect(await exported(['--method', 'robe'], 'none')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('no completed run fits') as string,
  });
  expect(existsSync(join(folder, 'none'))).toBe(false);

  const path = join(folder, 'kept', 'model.safetensors');
  writeFileSync(path, readFileSync(path).subarray(0, 5000));
  expect(() => openModel(join(folder, 'kept'))).toThrow(/is no complete safetensors file/);
});
