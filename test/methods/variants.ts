import type { Method } from '../../harness/contract/method.ts';
import { methods } from '../../methods/index.ts';
import { checkedMethods, traitsOf } from './checked-methods.ts';
import { sharedRows } from './example/shared-rows.ts';
import type { Traits } from './traits.ts';

export interface Variant {
  readonly name: string;
  readonly method: Method;
  readonly options: Record<string, unknown>;
  readonly traits: Traits;
  /** True for default options. */
  readonly plain: boolean;
}

/** Methods whose vectors depend on ids: one that ignores them has nothing that the rules for all could look at. */
const ofIds = checkedMethods.filter(({ ignoresIds }) => !ignoresIds);

/** The method that CONTRIBUTING shows is checked with this project's own. */
const example = checkedMethods === methods ? [sharedRows as Method] : [];

/** Variants of every method that is checked. */
export const variants: readonly Variant[] = [...ofIds, ...example].flatMap((method) => {
  const own = traitsOf(method.name);
  return [{}, ...(own.options ?? [])].map((options, i) => ({
    name: `${method.name} ${JSON.stringify(options)}`,
    method,
    options,
    traits: own,
    plain: i === 0,
  }));
});
