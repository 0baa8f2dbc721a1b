import { availableParallelism } from 'node:os';
import { backends } from '../../backends/index.ts';
import { UserError } from '../../base/user-error.ts';
import { findNamed } from '../../base/find-named.ts';
import type { Opened } from './messages.ts';
import { startWorker } from './workers.ts';

/** A backend with a number of threads that this machine can run. */
export interface AvailableBackend extends Opened {
  readonly backend: string;
}

/**
 * The requested backends that open, with the thread counts that they accept, each tried in its own process; a GPU has no thread
 * count. `note` gets the backends that do not open, and refused thread counts. Throws a UserError for unknown names, and for a
 * backend that was requested by name and does not open.
 */
export async function findAvailableBackends(
  names: readonly string[] | undefined,
  threads: readonly number[] | undefined,
  signal: AbortSignal,
  note: (line: string) => void,
): Promise<AvailableBackend[]> {
  const wanted =
    names?.map((name) => findNamed(backends, 'backend', name).name) ?? (await automaticBackends(note));
  const counts = [...new Set(threads ?? [1, availableParallelism()])];
  const openings: AvailableBackend[] = [];
  for (const backend of new Set(wanted)) {
    const refusals: string[] = [];
    const found: AvailableBackend[] = [];
    for (const count of counts) {
      const opened = await tryOpen(backend, count, signal);
      if ('refusal' in opened) refusals.push(opened.refusal.replace(/; leave --threads out$/, ''));
      else found.push({ backend, ...opened });
    }
    if (found.length === 0) {
      const opened = await tryOpen(backend, undefined, signal);
      if ('refusal' in opened) refusals.unshift(opened.refusal);
      else if (opened.device === 'gpu') found.push({ backend, ...opened });
    }
    if (found.length > 0) openings.push(...found);
    else if (names !== undefined) throw new UserError(refusals[0]);
    else note(`left out: ${backend}: ${refusals[0]}`);
    if (threads !== undefined && found.some(({ device }) => device === 'cpu'))
      for (const refusal of refusals) note(`left out: ${refusal}`);
  }
  if (openings.length === 0)
    throw new UserError('no backend works here with these threads: see npm run doctor');
  // A backend may take another number of threads than it was asked for.
  return [...new Map(openings.map((one) => [`${one.backend} ${one.threads}`, one])).values()];
}

/** `cpu` is an oracle, and no configuration unless it is asked for. */
async function automaticBackends(note: (line: string) => void): Promise<string[]> {
  const names: string[] = [];
  for (const backend of backends.filter(({ name }) => name !== 'cpu')) {
    const { usable, automatic = true, detail } = await backend.probe();
    if (usable && automatic) names.push(backend.name);
    else note(`left out: ${backend.name}: ${detail}`);
  }
  return names;
}

async function tryOpen(
  backend: string,
  threads: number | undefined,
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
