import { expect, test } from 'vitest';
import { optimizerRules } from '../../../harness/contract/backend.ts';
import { addon } from './addon.ts';
import { describeSets } from './describe-native.ts';
import { everything } from './everything.ts';

/** Results must depend neither on the number of threads nor on which of them is free. */
describeSets('the same bits with any number of threads', (set) => {
  test('of every kernel, every time', { timeout: 120_000 }, () => {
    addon.configure(1, set);
    const expected = everything(addon);
    expect(Object.keys(expected).length).toBe(13 + optimizerRules.length * 3);
    for (const threads of [2, 3, 5, 2, 1]) {
      addon.configure(threads, set);
      expect(everything(addon), `${threads} threads`).toEqual(expected);
    }
    addon.configure(1);
  });
});
