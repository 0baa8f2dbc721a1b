import type { IndexLoops } from '../contract/backend.ts';
import type { IndicesInMemory } from '../contract/indices.ts';
import { HostIndices } from './host-indices.ts';
import { type EvaluatingLoops, LazyIndices } from './lazy-indices.ts';

/** Indices in an array of this process, row-major [batch, fields], computed as the backend's loops can. */
export function indicesInMemory(
  values: Uint32Array,
  batch: number,
  fields: number,
  loops?: IndexLoops,
): IndicesInMemory {
  return loops?.evaluate
    ? LazyIndices.of(values, batch, fields, loops as EvaluatingLoops)
    : new HostIndices(values, batch, fields, loops);
}
