import { availableParallelism } from 'node:os';
import { backends } from '../../backends/index.ts';
import { Fault } from '../../harness/contract/fault.ts';
import { findNamed } from '../catalogue.ts';
import type { Opened } from './messages.ts';
import { startWorker } from './racers.ts';

/** A backend with a number of threads that this machine can run. */
export interface Opening {
  readonly backend: string;
  readonly threads: number;
  readonly version: string;
}

/** `cpu` is an oracle, and no contestant unless it is asked for. */
const allContestants = backends.map(({ name }) => name).filter((name) => name !== 'cpu');

/**
 * Which of the backends asked for open with which of the thread counts, tried in processes of their own; `note` hears
 * of backends that do not, and of thread counts that were asked for. Throws a Fault for unknown names and where a backend asked for
 * opens with none of the counts.
 */
export async function findOpenings(
  names: readonly string[] | undefined,
  threads: readonly number[] | undefined,
  signal: AbortSignal,
  note: (line: string) => void,
): Promise<Opening[]> {
  const wanted = names?.map((name) => findNamed(backends, 'backend', name).name) ?? allContestants;
  const counts = [...new Set(threads ?? [1, availableParallelism()])];
  const openings: Opening[] = [];
  for (const backend of new Set(wanted)) {
    const refusals: string[] = [];
    for (const count of counts) {
      const opened = await tryOpen(backend, count, signal);
      if ('refusal' in opened) refusals.push(opened.refusal.replace(/; leave --threads out$/, ''));
      else openings.push({ backend, ...opened });
    }
    const none = !openings.some((opening) => opening.backend === backend);
    if (none && names !== undefined) throw new Fault(refusals[0]);
    else if (none) note(`left out: ${backend}: ${refusals[0]}`);
    else if (threads !== undefined) for (const refusal of refusals) note(`left out: ${refusal}`);
  }
  if (openings.length === 0) throw new Fault('no backend works here with these threads: see npm run doctor');
  // A backend may take another number of threads than it was asked for.
  return [...new Map(openings.map((one) => [`${one.backend} ${one.threads}`, one])).values()];
}

async function tryOpen(
  backend: string,
  threads: number,
  signal: AbortSignal,
): Promise<Opened | { refusal: string }> {
  const worker = startWorker(signal);
  try {
    return await worker.ask<Opened>({ type: 'open', backend, threads });
  } catch (error) {
    signal.throwIfAborted();
    return { refusal: (error as Error).message };
  } finally {
    await worker.close();
  }
}
