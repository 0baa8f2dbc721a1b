import { register } from './register.ts';

/** Searches in codebooks (harness/ops/nearest-codewords.ts). */
export function registerCodewords(): void {
  register('NearestCodewords', (backend, { queries, codebooks, counts }) => {
    const [groups, batch, width] = queries.shape;
    const codewords = codebooks.shape[1];
    const codes = backend.output([groups, batch], 'int32');
    const inputs = [backend.floats(queries), backend.floats(codebooks)] as const;
    const own = backend.numbers(counts) as Int32Array;
    backend.addon.nearestCodewords(...inputs, own, codes.values, groups, batch, codewords, width);
    return codes;
  });
}
