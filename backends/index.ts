import { Fault } from '../harness/contract/fault.ts';
import type { Backend } from '../harness/contract/backend.ts';
import { cpu } from './cpu.ts';
import { native } from './native/index.ts';
import { tensorflow } from './tensorflow/index.ts';
import { wasm } from './wasm/index.ts';

/** Those that `auto` may choose, fastest first, and those that it takes for a graphics card only. */
export const backends: readonly Backend[] = [native, tensorflow, wasm, cpu];

/**
 * The name itself, or for `auto` the first backend that this machine can run: on a graphics card where one works, and
 * never on one that only stands in for a card.
 */
export async function chooseBackend(name: string, among = backends): Promise<string> {
  if (name !== 'auto') return name;
  const probes = await Promise.all(
    among.map(async (backend) => ({ name: backend.name, ...(await backend.probe()) })),
  );
  const usable = probes.filter(({ usable }) => usable);
  const chosen = usable.find(({ gpu }) => gpu === true) ?? usable.find(({ gpu }) => gpu === undefined);
  if (chosen === undefined) throw new Fault('no backend works here: see npm run doctor');
  return chosen.name;
}
