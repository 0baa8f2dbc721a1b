import { z } from 'zod';
import type { Wrapper } from '../../harness/contract/wrapper.ts';
import { wrappedOptions } from '../../methods/post-training-quantization/wrapped-options.ts';

const options = z.strictObject({ of: z.number().positive().max(1).default(0.5) });

/** A method with a part of its budget. */
export const halving: Wrapper<z.infer<typeof options>> = {
  name: 'half',
  aliases: ['halved'],
  title: 'Half',
  idea: 'takes a half of what it may',
  paper: { cite: 'none', url: 'https://example.org' },
  departures: [],
  options,
  wrap(method) {
    const both = wrappedOptions(options, method);
    return {
      ...method,
      title: `Half of ${method.title}`,
      options: both,
      plan(layer, given) {
        const { of } = both.parse(given);
        return method.plan({ ...layer, budget: Math.floor(layer.budget * of) }, given);
      },
    };
  },
};
