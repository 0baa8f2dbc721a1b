import fc from 'fast-check';
import type { Random } from '../../base/random.ts';
import { addon } from '../backends/native/addon.ts';
import { anyCall, type Call, goodCalls, wrongValues } from '../backends/native/calls.ts';
import { below, oneIn, oneOf } from './choices.ts';
import { failed, held, type TryCase } from './part.ts';

const callsInACase = 1000;

/**
 * Random calls of the add-on, half of them good ones with an argument or two replaced: every one ends in numbers or in a
 * JavaScript error. A crash ends the process.
 */
export function nativeCases(): TryCase {
  const any = anyCall();
  const good = goodCalls();
  return (stream) => {
    const calls: Call[] = fc.sample(any, { numRuns: callsInACase / 2, seed: stream.next() | 0 });
    while (calls.length < callsInACase) calls.push(spoiled(stream, good));
    for (const { name, args } of calls) {
      try {
        (addon[name] as (...args: readonly unknown[]) => unknown)(...args);
        // Dozens of threads on a machine that is busy make thousands of calls last minutes.
        if (name === 'configure') addon.configure(1);
      } catch (error) {
        if (!(error instanceof Error)) return failed('crashed', `${name} throws what is no error`);
      }
    }
    return { ...held('thousand calls'), tries: calls.length };
  };
}

function spoiled(stream: Random, good: ReturnType<typeof goodCalls>): Call {
  const [name, make] = oneOf(stream, good);
  const args = make();
  do args[below(stream, args.length)] = oneOf(stream, wrongValues);
  while (oneIn(stream, 3));
  return { name, args };
}
