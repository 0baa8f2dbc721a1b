import { UserError } from '../base/user-error.ts';
import type { Environment } from './environment.ts';

/** The hardware of a recording by part. Speeds of two machines are never put side by side. */
export function hardwareOf({ cpu, cpus, platform, backend }: Environment): Readonly<Record<string, string>> {
  return {
    CPU: cpu,
    processors: String(cpus),
    system: platform,
    // The version names the graphics card, or the instructions of native code.
    ...(backend && { 'backend version': `${backend.name} ${backend.version}` }),
  };
}

/** `Example 9000, 8 processors, linux x64, native 4.22.0 AVX-512`: the machine of a run, as its record names it. */
export function machineText(environment: Environment): string {
  const { CPU, processors, system, 'backend version': version } = hardwareOf(environment);
  return [
    CPU,
    `${processors} processor${processors === '1' ? '' : 's'}`,
    system,
    ...(version ? [version] : []),
  ].join(', ');
}

/** Throws a UserError if a run was made on another machine. Older records name no machine: it is the recording's. */
export function requireSameMachine(
  environment: Environment,
  { id, machine }: { readonly id: string; readonly machine?: string | undefined },
): void {
  const here = machineText(environment);
  if (machine === undefined || machine === here) return;
  throw new UserError(
    `run ${id} was made on other hardware (${machine}) than the recording (${here}); ` +
      `make one recording for each: their speeds are never compared`,
  );
}
