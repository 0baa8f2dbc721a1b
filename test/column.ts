import { HostIndices } from '../harness/embedding/host-indices.ts';

/** Indices of one field, one per sample. */
export const column = (...values: number[]) => new HostIndices(Uint32Array.from(values), values.length, 1);
