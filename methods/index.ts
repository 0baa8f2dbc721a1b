import type { Method } from '../harness/contract/method.ts';
import { deepLight } from './deep-light.ts';
import { doubleHashing } from './double-hashing.ts';
import { full } from './full.ts';
import { hashingTrick } from './hashing-trick.ts';
import { magnitudePruning } from './magnitude-pruning.ts';
import { mixedDimension } from './mixed-dimension.ts';
import { quotientRemainder } from './quotient-remainder.ts';
import { uniform } from './uniform.ts';

/** Every method the suite knows. To add one, write its file and add its line. */
export const methods: readonly Method[] = [
  full,
  uniform,
  mixedDimension,
  hashingTrick,
  quotientRemainder,
  doubleHashing,
  magnitudePruning,
  deepLight,
];
