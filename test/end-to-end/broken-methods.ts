import { z } from 'zod';
import type { Method, Plan } from '../../harness/contract/method.ts';
import type { Wrapper } from '../../harness/contract/wrapper.ts';
import { full } from '../../methods/full.ts';
import { methods, wrappers } from '../../methods/index.ts';
import { feasiblePlan } from '../layers.ts';
import { halving } from '../suites/halving.ts';

/** Loaded before a verb and before every process of its runs (NODE_OPTIONS): methods that fail in every way there is, and
 * something to put around a method. */

const broken = (name: string, plan: (whole: Plan) => Plan): Method => ({
  name,
  aliases: [],
  title: name,
  idea: 'fails',
  paper: { cite: 'none', url: 'https://example.org' },
  departures: [],
  options: z.strictObject({}),
  plan: (layer) => plan(feasiblePlan(full, { ...layer, budget: Number.MAX_SAFE_INTEGER })),
});

const all: readonly Method[] = [
  broken('throws-in-plan', () => {
    throw new Error('no such thing\nas a plan');
  }),
  broken('throws-a-word', () => {
    throw 'word'; // eslint-disable-line @typescript-eslint/only-throw-error
  }),
  broken('throws-in-embed', (plan) => ({
    ...plan,
    embed() {
      throw new TypeError('no vectors');
    },
  })),
  broken('throws-later', (plan) => {
    setTimeout(() => {
      throw new RangeError('when nobody listened');
    });
    return plan;
  }),
  broken('takes-memory', (plan) => ({ ...plan, choices: { hoard: hoard() } })),
  broken('takes-one-array', () => {
    throw new Error(String(new ArrayBuffer(2 ** 52).byteLength));
  }),
  broken('leaves', () => process.exit(7)),
  broken('is-killed', (plan) => {
    process.kill(process.pid, 'SIGKILL');
    return plan;
  }),
  broken('aborts', () => process.abort()),
];

/** Fills the heap until V8 ends the process. */
function hoard(): unknown[] {
  const kept: unknown[] = [];
  for (;;) kept.push(Array.from({ length: 1e5 }, (_, i) => ({ i })));
}

(methods as Method[]).push(...all);
(wrappers as Wrapper[]).push(halving);
