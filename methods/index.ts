import type { Method } from '../harness/contract/method.ts';
import { deepLight } from './deep-light.ts';
import { binaryCode } from './binary-code.ts';
import { complementaryPartitions } from './complementary-partitions.ts';
import { frequencyTruncation } from './frequency-truncation.ts';
import { cafe } from './cafe.ts';
import { doubleHashing } from './double-hashing.ts';
import type { Wrapper } from '../harness/contract/wrapper.ts';
import { full } from './full.ts';
import { hashingTrick } from './hashing-trick.ts';
import { learnedHash } from './learned-hash.ts';
import { lma } from './lma.ts';
import { magnitudePruning } from './magnitude-pruning.ts';
import { mixedDimension } from './mixed-dimension.ts';
import { multiProbeHashing } from './multi-probe-hashing.ts';
import { productQuantization } from './product-quantization.ts';
import { pep } from './pep.ts';
import { quotientRemainder } from './quotient-remainder.ts';
import { unifiedEmbedding } from './unified-embedding.ts';
import { tensorTrain } from './tensor-train.ts';
import { uniform } from './uniform.ts';

/** Every method the suite knows. To add one, write its file and add its line. */
export const methods: readonly Method[] = [
  full,
  uniform,
  mixedDimension,
  hashingTrick,
  quotientRemainder,
  frequencyTruncation,
  productQuantization,
  tensorTrain,
  doubleHashing,
  binaryCode,
  unifiedEmbedding,
  learnedHash,
  lma,
  multiProbeHashing,
  complementaryPartitions,
  cafe,
  magnitudePruning,
  deepLight,
  pep,
];

/** What can be put around any of them: int8(mixed-dimension). */
export const wrappers: readonly Wrapper[] = [];
