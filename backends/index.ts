import { UserError } from '../base/user-error.ts';
import type { Backend } from '../harness/contract/backend.ts';
import { cpu } from './cpu.ts';
import { native } from './native/index.ts';
import { tensorflow } from './tensorflow/index.ts';
import { webgpu } from './webgpu/index.ts';
import { wasm } from './wasm/index.ts';

/** Fastest first. */
export const backends: readonly Backend[] = [webgpu, tensorflow, native, wasm, cpu];

/**
 * The name itself, or for `auto` the first backend that this machine can run, without those that want to be asked for by
 * name: what computes on the CPU in place of a card.
 */
export async function chooseBackend(name: string, among = backends): Promise<string> {
  if (name !== 'auto') return name;
  for (const backend of among) {
    const { usable, automatic = true } = await backend.probe();
    if (usable && automatic) return backend.name;
  }
  throw new UserError('no backend works here: see npm run doctor');
}
