import fc from 'fast-check';
import type { Storage } from '../../../harness/contract/method.ts';

/** Tables of small floats, with blocks of any length. */
export const smallFloatForms: fc.Arbitrary<Storage> = fc.oneof(
  fc.record({
    kind: fc.constant('fp8' as const),
    element: fc.constantFrom('e4m3' as const, 'e5m2' as const),
    scaled: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('mx' as const),
    element: fc.constantFrom('e4m3', 'e5m2', 'e2m3', 'e3m2', 'e2m1', 'int8'),
    block: fc.oneof(fc.constant(32), fc.integer({ min: 1, max: 90 })),
  }),
  fc.record({
    kind: fc.constant('nf4' as const),
    block: fc.oneof(fc.constant(64), fc.integer({ min: 1, max: 90 })),
    scales: fc.constantFrom('fp32' as const, 'fp16' as const, 'double' as const),
  }),
);
