import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { root } from '../scripts/run-script.ts';

test('the reader loads neither tfjs nor a backend', async () => {
  const { metafile } = await build({
    ...{ entryPoints: [join(root, 'serving/reader/index.ts')], absWorkingDir: root, write: false },
    ...{ bundle: true, platform: 'node', format: 'esm', metafile: true },
  });
  const paths = Object.keys(metafile.inputs);
  expect(paths).toContain('serving/reader/open-model.ts');
  const heavy = /^(node_modules\/@tensorflow|tensors\/|backends\/|harness\/(training|models|ops)\/)/;
  expect(paths.filter((path) => heavy.test(path))).toEqual([]);
});
