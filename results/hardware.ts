import { UserError } from '../base/user-error.ts';
import type { Environment } from './environment.ts';

/** What computes, as far as it is known of a recording; speeds of two are never put side by side. */
export function hardwareOf({ cpu, cpus, platform, backend }: Environment): Readonly<Record<string, string>> {
  return {
    CPU: cpu,
    processors: String(cpus),
    system: platform,
    // Of a graphics card the version has the name, of native code the instructions.
    ...(backend && { 'backend version': `${backend.name} ${backend.version}` }),
  };
}

/** `Example 9000, 8 processors, linux x64, native 4.22.0 AVX-512`: what records of runs hold, so that each says where it was made. */
export function machineText(environment: Environment): string {
  const { CPU, processors, system, 'backend version': version } = hardwareOf(environment);
  return [
    CPU,
    `${processors} processor${processors === '1' ? '' : 's'}`,
    system,
    ...(version ? [version] : []),
  ].join(', ');
}

/** Throws a UserError where a run says that it was made elsewhere. Records from before they said it are the recording's. */
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
