import { UserError } from '../base/user-error.ts';
import type { Environment, Machine } from './environment.ts';

type Hardware = Pick<Machine, 'cpu' | 'cpus' | 'platform' | 'backend'>;

/** The hardware of a machine by part. Speeds of two machines are never put side by side. */
export function hardwareOf({ cpu, cpus, platform, backend }: Hardware): Readonly<Record<string, string>> {
  return {
    CPU: cpu,
    processors: String(cpus),
    system: platform,
    // The version names the graphics card, or the instructions of native code.
    ...(backend && { 'backend version': `${backend.name} ${backend.version}` }),
  };
}

/** `Example 9000, 8 processors, linux x64, native 4.22.0 AVX-512`: the machine of a run, as its record names it. */
export function machineText(machine: Hardware): string {
  const { CPU, processors, system, 'backend version': version } = hardwareOf(machine);
  return [
    CPU,
    `${processors} processor${processors === '1' ? '' : 's'}`,
    system,
    ...(version ? [version] : []),
  ].join(', ');
}

/** The part of an environment that is its own machine. */
export function ownMachine({ node, platform, cpu, cpus, memoryBytes, backend }: Environment): Machine {
  return { node, platform, cpu, cpus, memoryBytes, ...(backend && { backend }) };
}

/** Every kind of machine that made runs of a recording, the one that began it first. */
export const machinesOf = (environment: Environment): Machine[] => [
  ownMachine(environment),
  ...(environment.machines ?? []),
];

interface MadeSomewhere {
  readonly id: string;
  readonly machine?: string | undefined;
}

/** The machine of a run in words. Older records name none: theirs began the recording. */
export const machineOfRun = (environment: Environment, { machine }: Pick<MadeSomewhere, 'machine'>) =>
  machine ?? machineText(environment);

/** An environment after one that it continues: the machine that began the recording stays its own, others are kept beside it. */
export function withMachinesOf<T extends Environment>(next: T, before: Environment): T {
  if (before.backend === undefined) return next; // it has no training runs, and throughput is of the same hardware
  const known = new Map(machinesOf(before).map((machine) => [machineText(machine), machine]));
  for (const machine of machinesOf(next))
    if (!known.has(machineText(machine))) known.set(machineText(machine), machine);
  const [own, ...machines] = known.values();
  return { ...next, ...own, machines: machines.length > 0 ? machines : undefined };
}

/** Throws a UserError if a run was made on a machine that the recording does not know: nobody said that it may be in it. */
export function requireKnownMachine(environment: Environment, { id, machine }: MadeSomewhere): void {
  const known = machinesOf(environment).map(machineText);
  if (machine === undefined || known.includes(machine)) return;
  throw new UserError(
    `run ${id} was made on other hardware (${machine}) than environment.json knows (${known.join('; ')}); ` +
      `its speeds are never compared with the others: repeat the bench command there, or make one recording for each`,
  );
}
