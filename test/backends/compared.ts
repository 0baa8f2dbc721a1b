import * as tf from '../../tensors/index.ts';
import { describe } from 'vitest';
import { native } from '../../backends/native/index.ts';
import { tensorflow } from '../../backends/tensorflow/index.ts';
import { wasm } from '../../backends/wasm/index.ts';
import { webgpu } from '../../backends/webgpu/index.ts';
import type { Backend, OpenBackend } from '../../harness/contract/backend.ts';
import { adapterForTests } from './webgpu/adapter-for-tests.ts';

await adapterForTests().catch(() => undefined); // a software driver will do; why there is none, its probe says

/** Results that must equal those of the cpu backend, and the reasons for the exceptions. */
export const compared = await Promise.all(
  [native, tensorflow, wasm, webgpu].map(async (backend) => {
    const { usable, detail } = await backend.probe();
    return { name: backend.name, backend, missing: usable ? undefined : detail };
  }),
);
export type Compared = (typeof compared)[number];

/** The same tests on every one of them; skipped, with the reason in the title, where it is missing. */
export function describeBackends(what: string, tests: (backend: Backend) => void): void {
  for (const { name, backend, missing } of compared) {
    if (missing === undefined) describe(`${what} ${name}`, () => tests(backend));
    else describe.skip(`${what} ${name} (${missing})`, () => tests(backend));
  }
}

const opened = new Map<string, Promise<OpenBackend>>();

/** Opened once, so that what it has compiled serves all tests of a file; tfjs computes on it from here on. */
export async function openOnce(backend: Backend): Promise<OpenBackend> {
  const opening = opened.get(backend.name) ?? backend.open({});
  opened.set(backend.name, opening);
  const open = await opening;
  await tf.setBackend(backend.name);
  return open;
}
