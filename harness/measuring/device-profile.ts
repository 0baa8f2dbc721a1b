import type { KernelTime, OpenBackend } from '../contract/backend.ts';
import type { Profile } from './kernel-clock.ts';

/**
 * Says where the time of a step goes on a device that computes while this process runs. Three measurements, for each
 * disturbs the others: steps asked for back to back and waited for at the end, what this process needed to ask for
 * them, and what each kernel took on the device's own clock, where it has one, step by step. What the kernels take
 * together and the issuing of work run at the same time: the longer of the two bounds the step.
 */
export async function profileDevice(
  { synchronize, timeKernels }: Pick<OpenBackend, 'synchronize' | 'timeKernels'>,
  steps: number,
  ask: () => void,
): Promise<Profile> {
  await synchronize!();
  const start = performance.now();
  for (let i = 0; i < steps; i++) ask();
  const asking = (performance.now() - start) / steps;
  await synchronize!();
  const milliseconds = (performance.now() - start) / steps;

  const times: KernelTime[] = [];
  if (timeKernels !== undefined)
    for (let i = 0; i < steps; i++) times.push(...(await timeKernels(() => Promise.resolve(ask()))));
  const entries = summed(times)
    .map(({ name, calls, milliseconds }) => ({
      name,
      calls: calls / steps,
      milliseconds: milliseconds / steps,
    }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
  const rest = milliseconds - entries.reduce((sum, entry) => sum + entry.milliseconds, 0);
  return { steps, milliseconds, entries, rest, asking };
}

function summed(times: readonly KernelTime[]): KernelTime[] {
  const byName = new Map<string, KernelTime>();
  for (const { name, calls, milliseconds } of times) {
    const sum = byName.get(name) ?? { name, calls: 0, milliseconds: 0 };
    byName.set(name, { name, calls: sum.calls + calls, milliseconds: sum.milliseconds + milliseconds });
  }
  return [...byName.values()];
}
