import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCached, preparedDirectory, type PrepareRequest } from '../../datasets/prepared/cache.ts';
import { defaultSettings } from '../../datasets/prepared/settings.ts';
import { UserError } from '../../base/user-error.ts';
import type { Random } from '../../base/random.ts';
import { below, between, damaged, oneIn, oneOf } from './choices.ts';
import { failed, held, type TryCase } from './part.ts';
import { smallLog } from './small-log.ts';

/**
 * Prepared data whose files are damaged, cut, exchanged or missing: they are prepared again, and every number that a run sees
 * is the one it was.
 */
export async function cacheCases(folder: string): Promise<TryCase> {
  const rows = 800;
  const messages: string[] = [];
  const request: PrepareRequest = {
    ...{ cache: join(folder, 'cache'), dataset: 'small', key: { rows }, settings: defaultSettings },
    ...{ maxBadLines: 0, source: () => smallLog(rows, 3), onMessage: (text) => messages.push(text) },
  };
  const directory = preparedDirectory(request);
  const whole = await seen(request);
  const copy = join(folder, 'whole');
  cpSync(directory, copy, { recursive: true });

  return async (stream) => {
    rmSync(directory, { recursive: true, force: true });
    cpSync(copy, directory, { recursive: true });
    messages.length = 0;
    const what = damageSome(stream, directory);
    const changed = readdirSync(copy).some((name) => !sameFile(join(copy, name), join(directory, name)));
    const found = await seenOrFault(request);
    if (found instanceof UserError) return failed('lost', `${what}: ${found.message}`);
    if (found !== whole) return failed('accepted', `${what}: other numbers`);
    if (changed && messages.length === 0) return failed('accepted', `${what}: nothing was said`);
    return held(changed ? 'prepared again' : 'untouched');
  };
}

function damageSome(stream: Random, directory: string): string {
  const names = readdirSync(directory);
  const done: string[] = [];
  do {
    const name = oneOf(stream, names);
    const path = join(directory, name);
    const action = oneOf(stream, [
      'damaged',
      'damaged',
      'damaged',
      'cut',
      'zeros',
      'exchanged',
      'removed',
    ] as const);
    done.push(`${name} ${action}`);
    try {
      damage(stream, path, join(directory, oneOf(stream, names)), action);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // it was removed before
    }
  } while (oneIn(stream, 3));
  return done.join(', ');
}

function damage(stream: Random, path: string, other: string, action: string): void {
  const bytes = readFileSync(path);
  switch (action) {
    case 'damaged':
      writeFileSync(path, damaged(stream, bytes));
      break;
    case 'cut':
      writeFileSync(path, bytes.subarray(0, below(stream, bytes.length + 1)));
      break;
    case 'zeros': {
      // A block that was never written, as after a power cut.
      const at = below(stream, bytes.length);
      writeFileSync(path, bytes.fill(0, at, Math.min(bytes.length, at + between(stream, 1, 512))));
      break;
    }
    case 'exchanged':
      renameSync(other, `${path}.other`);
      renameSync(`${path}.other`, path);
      break;
    default:
      rmSync(path);
  }
}

function sameFile(a: string, b: string): boolean {
  try {
    return readFileSync(a).equals(readFileSync(b));
  } catch {
    return false;
  }
}

async function seenOrFault(request: PrepareRequest): Promise<string | UserError> {
  try {
    return await seen(request);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** Everything that a run sees of the data, as text. */
async function seen(request: PrepareRequest): Promise<string> {
  const data = await openCached(request);
  try {
    const batches = (['train', 'validation', 'test'] as const).map((part) => ({
      batches: [...data.batches(part, { batchSize: 64 })].map(({ dense, ids, labels }) =>
        [dense, ids, labels].map((values) => values.join()),
      ),
      probabilities: data.trueProbabilities(part)?.join(),
    }));
    const fields = data.fields.map(({ name, cardinality, counts }) => [name, cardinality, counts.join()]);
    return JSON.stringify([data.fingerprint, data.rows, fields, batches]);
  } finally {
    data.close();
  }
}
