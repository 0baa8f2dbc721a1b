import { join } from 'node:path';
import { execa } from 'execa';
import { UserError } from '../../../base/user-error.ts';

/** The result of loading the library and training a little. */
export interface Verified {
  /** TensorFlow's version. */
  readonly library: string;
  readonly gpu: boolean;
  readonly losses: readonly number[];
}

/** Runs in a process of its own, which a wrong library may end. Throws a UserError with what was said last. */
export async function verify(binding: string): Promise<Verified> {
  const program = join(import.meta.dirname, 'verify.ts');
  const options = { reject: false, timeout: 600_000 } as const;
  const run = await execa('node', ['--import', 'tsx', program, binding], options);
  if (!run.failed) return JSON.parse(run.stdout) as Verified;
  const lines = run.stderr.trim().split('\n');
  const said = lines.find((line) => /^\s*(\w*Error|UserError|F[0-9]{4}).*:/.test(line)) ?? lines.at(-1);
  throw new UserError(`a training step did not work: ${(said || (run.shortMessage ?? '')).slice(0, 300)}`);
}
