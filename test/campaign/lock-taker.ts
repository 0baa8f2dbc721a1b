import { workerData } from 'node:worker_threads';
import { takeLock } from '../../results/lock.ts';
import { Barrier, type Race } from './lock-race.ts';

/** One taker of the race: a thread, so that all start at the same instant; the lock's code is the real one. */
const { file, rounds, shared, takers } = workerData as Race;
const barrier = new Barrier(shared, takers + 1);
for (let round = 0; round < rounds; round++) {
  barrier.wait(); // the round is laid out
  for (const end = performance.now() + Math.random() * 0.3; performance.now() < end;); // no two start quite alike
  let release: (() => void) | undefined;
  try {
    release = takeLock(file);
    barrier.count();
  } catch (error) {
    if ((error as Error).name !== 'UserError') barrier.fail();
  }
  barrier.wait(); // all have tried
  barrier.wait(); // the referee has counted
  release?.();
  barrier.wait(); // nobody holds it
}
