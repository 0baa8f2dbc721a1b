import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { allowSoftware, findAdapter } from '../../backends/webgpu/device.ts';
import { adapterForTests } from '../backends/webgpu/adapter-for-tests.ts';
import { root, scratch, tiny } from './run-script.ts';

/** --backend webgpu as a user meets it, with and without a card. */

const withoutDriver = await findAdapter().then(
  () => 'there is a card here',
  () => undefined,
);
const adapter = await adapterForTests().catch(() => undefined);
const drivers = process.env.VK_ICD_FILENAMES; // as the line above found them

const bench = (folder: string, environment: Record<string, string | undefined>) => {
  const args = [
    '--method',
    'full',
    '--rows',
    '100',
    '--seeds',
    '1',
    '--backend',
    'webgpu',
    '--no-references',
    ...tiny,
  ];
  const folders = ['--cache', join(folder, 'cache'), '--out', join(folder, 'out')];
  return execa('node', ['start/verb.js', 'bench', ...args, ...folders], {
    cwd: root,
    reject: false,
    env: {
      VK_ICD_FILENAMES: undefined,
      VK_ADD_DRIVER_FILES: undefined,
      [allowSoftware]: undefined,
      ...environment,
    },
  });
};

test.skipIf(process.platform !== 'linux' || withoutDriver !== undefined)(
  `without a card, what is missing and what to do is one line${withoutDriver ? ` (${withoutDriver})` : ''}`,
  async () => {
    const { exitCode, stderr } = await bench(scratch(), {});
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^error: no graphics card: .*a container has to be given one.*$/m);
    expect(stderr).not.toMatch(/^ +at /m);
  },
);

const software = adapter?.software === true && drivers !== undefined;
const why = software ? '' : ' (webgpu backend: no software driver)';

test.skipIf(!software)(`what computes on the CPU is not taken for a card${why}`, async () => {
  const { exitCode, stderr } = await bench(scratch(), { VK_ICD_FILENAMES: drivers });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/no graphics card: .* computes on the CPU, slowly: --backend native/);
});

test.skipIf(!software)(`but where it is allowed${why}`, { timeout: 180_000 }, async () => {
  const folder = scratch();
  const { exitCode, stderr } = await bench(folder, { VK_ICD_FILENAMES: drivers, [allowSoftware]: '1' });
  expect(exitCode, stderr).toBe(0);
  const record = readFileSync(join(folder, 'out/runs.jsonl'), 'utf8');
  expect(record).toContain('"status":"completed"');
  expect(readFileSync(join(folder, 'out/environment.json'), 'utf8')).toContain('webgpu');
});
