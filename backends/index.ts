import type { Backend } from '../harness/contract/backend.ts';
import { cpu } from './cpu.ts';
import { wasm } from './wasm/index.ts';

/** Fastest first: the first usable one is the default. */
export const backends: readonly Backend[] = [wasm, cpu];
