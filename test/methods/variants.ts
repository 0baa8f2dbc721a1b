import type { Method } from '../../harness/contract/method.ts';
import { methods } from '../../methods/index.ts';

export interface Variant {
  readonly name: string;
  readonly method: Method;
  readonly options: Record<string, unknown>;
}

/** Options beside the defaults that conformance should see; a method not named here is tested with its defaults. */
const furtherOptions: Record<string, Record<string, unknown>[]> = {
  uniform: [{ lift: 'project' }],
  'mixed-dimension': [
    { rounding: 'power-of-two' },
    { blocking: 'field' },
    { blocking: 'popularity' },
    { blocking: 'popularity', blocks: 3 },
  ],
  'hashing-trick': [{ index: 'modulo' }, { keep: 0 }],
  'quotient-remainder': [{ combine: 'sum' }, { combine: 'concat' }, { large: 'quotient' }, { threshold: 5 }],
};

/** Methods that hash ids to rows: by chance some rows get none. All others must use every row they pay for. */
export const hashing: ReadonlySet<string> = new Set(['hashing-trick']);

export const variants: readonly Variant[] = methods.flatMap((method) =>
  [{}, ...(furtherOptions[method.name] ?? [])].map((options) => ({
    name: `${method.name} ${JSON.stringify(options)}`,
    method,
    options,
  })),
);
