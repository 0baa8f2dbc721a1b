import { parentPort, workerData } from 'node:worker_threads';
import { addon } from './addon.ts';
import { everything } from './everything.ts';

/** A worker thread with the add-on: computes everything once for each number of threads, or without end. */
const { threads, endless } = workerData as { threads: readonly number[]; endless: boolean };
do {
  for (const count of threads) {
    addon.configure(count);
    parentPort!.postMessage(everything(addon));
  }
} while (endless);
