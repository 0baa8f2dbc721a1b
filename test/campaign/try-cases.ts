import { mkdirSync } from 'node:fs';
import { deriveSeed } from '../../base/hash.ts';
import { random } from '../../base/random.ts';
import { caseMakers } from './case-makers.ts';
import type { Said } from './in-a-child.ts';
import { failed } from './part.ts';

/** The process that tries cases: see in-a-child.ts. Case i depends on the seed and on i alone. */

interface Task {
  readonly part: string;
  readonly seed: number;
  readonly first: number;
  /** How many tries; a case may be many. */
  readonly tries: number;
  readonly milliseconds: number;
}

const say = (message: Said) => new Promise<void>((resolve) => process.send!(message, () => resolve()));

process.once('message', (message) => {
  const { part, seed, first, tries, milliseconds } = message as Task;
  const until = performance.now() + milliseconds;
  const folder = process.env.EMBED_BENCH_CAMPAIGN_FOLDER!;
  mkdirSync(folder, { recursive: true });
  void (async () => {
    const makeCase = await caseMakers[part](folder);
    let tried = 0;
    for (let index = first; tried < tries && performance.now() < until; index++) {
      await say({ began: index });
      try {
        const result = await makeCase(random(deriveSeed(seed, part, index)));
        tried += result.tries ?? 1;
        await say({ result });
      } catch (error) {
        tried++;
        await say({
          result: failed('crashed', error instanceof Error ? (error.stack ?? error.message) : String(error)),
        });
      }
    }
    await makeCase.close?.();
    process.disconnect();
  })();
});
