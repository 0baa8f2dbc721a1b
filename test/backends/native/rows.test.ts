import { expect, test } from 'vitest';
import { openWith } from '../../../backends/native/index.ts';
import { testRows } from '../rows-conformance.ts';
import { addon, sanitized } from './addon.ts';
import { describeNative, describeSets } from './describe-native.ts';

describeSets('rows', (set) =>
  testRows({ open: () => openWith(addon, 2, { instructionSet: set }), numRuns: sanitized ? 40 : 100 }),
);

describeNative('a table without memory', () => {
  test('names the bytes, or for a user what to do', async () => {
    expect(() => addon.createTable(2 ** 31, 2 ** 20, 2 ** 20, 'sgd')).toThrow(
      'out of memory: 9007199254740992 bytes were asked for',
    );
    expect(() => addon.allocate(2 ** 50)).toThrow('out of memory: 1125899906842624 bytes were asked for');
    const backend = await openWith(addon, 1);
    const table = { width: 2 ** 20, parts: [{ rows: 2 ** 31, init: { mean: 0, halfWidth: 0 } }] };
    expect(() => backend.createRows!(table, 'sgd', 1)).toThrow(
      'no memory for a table of 9007199.3 GB: take a higher --compression or a smaller --dim',
    );
  });
});
