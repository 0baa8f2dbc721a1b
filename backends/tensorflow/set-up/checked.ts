import { createHash } from 'node:crypto';
import { createReadStream, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../../../base/user-error.ts';
import { pinned } from './pins.ts';

export interface Check {
  /** The digest that the user names for the file. */
  readonly sha256?: string | undefined;
  /** True: a file without a known digest is refused. False: it is named in a warning. */
  readonly strict?: boolean;
}

/**
 * Checks the digest of a file before anything is extracted: it must be the one that the user states, or else the pinned one.
 * Throws a UserError if it differs; if there is no expected digest, `say` gets the one that was found.
 */
export async function check(
  file: string,
  { sha256, strict }: Check,
  say: (line: string) => void,
): Promise<void> {
  const name = basename(file);
  const expected = sha256 ?? (Object.hasOwn(pinned, name) ? pinned[name] : undefined);
  const found = await sha256Of(file);
  if (expected === found) return;
  if (expected !== undefined)
    throw new UserError(
      `${name} has sha256 ${found}, not ${expected}: it is another file, and nothing was set up`,
    );
  if (strict)
    throw new UserError(`${name} is not among the files that this version was pinned to: nothing was set up`);
  say(`warning: nothing says what ${name} should be; its sha256 is ${found}, which --sha256 can ask for`);
}

/** The same of all wheels in a folder. */
export async function checkAll(folder: string, one: Check, say: (line: string) => void): Promise<void> {
  for (const name of readdirSync(folder)) await check(join(folder, name), one, say);
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
