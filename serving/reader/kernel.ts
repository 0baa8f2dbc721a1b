import type { Floats } from './arrays.ts';

/** Attributes of a node, its sizes being numbers. */
export type Attributes = Readonly<Record<string, unknown>>;
/** Inputs of a node by name. */
export type Inputs = Readonly<Record<string, Floats>>;
/** `shape`: of what comes out. */
export type Kernel = (inputs: Inputs, attributes: Attributes, shape: readonly number[]) => Floats;
