import type { Method } from '../../harness/contract/method.ts';
import { methods } from '../../methods/index.ts';
import { sharedRows } from './example/shared-rows.ts';
import { traits, type Traits } from './traits.ts';

export interface Variant {
  readonly name: string;
  readonly method: Method;
  readonly options: Record<string, unknown>;
  readonly traits: Traits;
  /** True for default options. */
  readonly plain: boolean;
}

/** Methods whose vectors depend on ids: one that ignores them has nothing that the rules for all could look at. */
const ofIds = methods.filter(({ ignoresIds }) => !ignoresIds);

/** Variants of every method, and of the one that CONTRIBUTING shows. */
export const variants: readonly Variant[] = [...ofIds, sharedRows as Method].flatMap((method) => {
  const own = traits[method.name] ?? {};
  return [{}, ...(own.options ?? [])].map((options, i) => ({
    name: `${method.name} ${JSON.stringify(options)}`,
    method,
    options,
    traits: own,
    plain: i === 0,
  }));
});
