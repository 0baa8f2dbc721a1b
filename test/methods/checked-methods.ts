import type { Method } from '../../harness/contract/method.ts';
import { methods } from '../../methods/index.ts';
import type { Plugin } from '../../plugins/index.ts';
import { checkedBy } from './checked-by.ts';
import { traits, type Traits } from './traits.ts';

const chosen = (globalThis as { [checkedBy]?: Pick<Plugin, 'methods' | 'traits'> })[checkedBy];

/** The methods that the rules are checked on: all, or those of plug-ins (`npm run check:method -- ./my-method.ts`). */
export const checkedMethods: readonly Method[] = chosen?.methods ?? methods;

/** Facts that the rules have to know of a method. A plug-in exports them as `traits`. */
export const traitsOf = (name: string): Traits => chosen?.traits?.[name] ?? traits[name] ?? {};
