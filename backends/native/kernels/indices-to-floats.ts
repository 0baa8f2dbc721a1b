import { register } from './register.ts';

/** Index arithmetic whose results are floats (harness/embedding/lazy-indices.ts). */
export function registerIndicesToFloats(): void {
  register('IndicesToFloats', (backend, _, attributes) => {
    const { values, fields, program, shape, times, plus } = attributes as unknown as Evaluated;
    const out = backend.output([...shape], 'float32');
    const { words, maps } = program;
    backend.addon.evaluateToFloats(values, fields, words, maps, shape[1], times, plus, out.values);
    return out;
  });
}

interface Evaluated {
  /** Row-major [batch, fields]. */
  readonly values: Uint32Array;
  readonly fields: number;
  readonly program: { readonly words: Uint32Array; readonly maps: readonly Uint32Array[] };
  /** [batch, columns] */
  readonly shape: readonly [number, number];
  readonly times: number;
  readonly plus: number;
}
