import type { Addon } from '../addon.ts';
import type { CallList } from './call-list.ts';

/** The add-on with functions that note their calls while there is a list. */
export function recordedAddon(addon: Addon, list: () => CallList | undefined): Addon {
  const functions = Object.entries(addon) as [keyof Addon, (...args: unknown[]) => unknown][];
  return Object.fromEntries(
    functions.map(([name, work]) => [
      name,
      name === 'allocate'
        ? work
        : (...args: unknown[]) => {
            const calls = list();
            return calls === undefined ? work(...args) : calls.run(work, args);
          },
    ]),
  ) as unknown as Addon;
}
