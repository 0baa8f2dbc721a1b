import { z } from 'zod';
import { UserError } from '../base/user-error.ts';
import { families, trainingCosts, type TrainingCost } from '../harness/contract/kinds.ts';
import type { Plugin } from './plugin.ts';

/** Checks what a plug-in exports, since JavaScript has no types and TypeScript is not checked when it is loaded. */

const text = z.string().min(1);
const name = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'expected lower-case words with hyphens' });
const call = (params: string) =>
  z.custom((value) => typeof value === 'function', { error: `expected a function ${params}` });
/** Command line, cards and records read the options' schema. */
const schema = z.custom((value) => typeof value === 'object' && value !== null && '_zod' in value, {
  error: "expected a schema of zod 4: z.strictObject({...}), z from 'embed-bench/method'",
});
const paper = z.looseObject({ cite: text, url: text });
const flags = z.record(z.string(), z.string().regex(/^--/, { error: 'expected --flag <value>' }));

const method = z.looseObject({
  ...{ name, aliases: z.array(name), title: text, idea: text, paper, options: schema },
  departures: z.array(z.looseObject({ what: text, why: text })),
  family: z.enum(families).optional(),
  cost: z.enum(Object.keys(trainingCosts) as [TrainingCost]).optional(),
  plan: call('plan(layer, options)'),
});
const model = z.looseObject({
  ...{ name, aliases: z.array(name).optional(), title: text, paper, options: schema },
  flags: flags.optional(),
  describe: call('describe(options)'),
  build: call('build(shape, options, seed)'),
});
const dataset = z.looseObject({
  ...{ name, title: text, options: schema, flags, raw: call('raw(options)') },
});
const plugin = z.looseObject({
  methods: z.array(method).optional(),
  models: z.array(model).optional(),
  datasets: z.array(dataset).optional(),
  traits: z.record(z.string(), z.looseObject({})).optional(),
});

/**
 * The plug-in that a module is. Objects are the module's own, unchanged. Throws a UserError with the first mistake, in the words of
 * `methods[0].paper.url`.
 */
export function checkedPlugin(exported: Readonly<Record<string, unknown>>, from: string): Plugin {
  const parsed = plugin.safeParse({ ...exported });
  if (!parsed.success) {
    const [{ path, message, code }] = parsed.error.issues;
    const place = path.reduce<string>(
      (before, step) => before + (typeof step === 'number' ? `[${step}]` : `${before && '.'}${String(step)}`),
      '',
    );
    const said = code === 'invalid_type' ? message.replace(/^Invalid input: /, '') : message;
    throw new UserError(`--plugin ${from}: its export ${place}: ${said}`);
  }
  const { methods = [], models = [], datasets = [], traits } = exported as Plugin;
  if (methods.length + models.length + datasets.length === 0)
    throw new UserError(
      `--plugin ${from}: it exports nothing to use; export a list "methods", "models" or "datasets"`,
    );
  return { methods, models, datasets, ...(traits && { traits }) };
}
