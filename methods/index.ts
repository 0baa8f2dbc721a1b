import type { Method } from '../harness/contract/method.ts';
import { binaryCode } from './binary-code.ts';
import { complementaryPartitions } from './complementary-partitions.ts';
import { dpq } from './dpq.ts';
import { frequencyTruncation } from './frequency-truncation.ts';
import { doubleHashing } from './double-hashing.ts';
import type { Wrapper } from '../harness/contract/wrapper.ts';
import { full } from './full.ts';
import { hashingTrick } from './hashing-trick.ts';
import { lma } from './lma.ts';
import { mgqe } from './mgqe.ts';
import { mixedDimension } from './mixed-dimension.ts';
import { productQuantization } from './product-quantization.ts';
import { quotientRemainder } from './quotient-remainder.ts';
import { unifiedEmbedding } from './unified-embedding.ts';
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
  dpq,
  mgqe,
  doubleHashing,
  binaryCode,
  unifiedEmbedding,
  lma,
  complementaryPartitions,
];

/** What can be put around any of them: int8(mixed-dimension). */
export const wrappers: readonly Wrapper[] = [];
