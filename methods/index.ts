import type { Method } from '../harness/contract/method.ts';
import { deepLight } from './deep-light.ts';
import { adaEmbed } from './ada-embed.ts';
import { autoDim } from './auto-dim.ts';
import { autoSrh } from './auto-srh.ts';
import { binaryCode } from './binary-code.ts';
import { complementaryPartitions } from './complementary-partitions.ts';
import { dpq } from './dpq.ts';
import { frequencyTruncation } from './frequency-truncation.ts';
import { deepHash } from './deep-hash.ts';
import { cce } from './cce.ts';
import { cerp } from './cerp.ts';
import { cafe } from './cafe.ts';
import { doubleHashing } from './double-hashing.ts';
import type { Wrapper } from '../harness/contract/wrapper.ts';
import { bloom } from './bloom.ts';
import { concatenatedHashing } from './concatenated-hashing.ts';
import { hashEmbeddings } from './hash-embeddings.ts';
import { hashedNets } from './hashed-nets.ts';
import { mec } from './mec.ts';
import { memcom } from './memcom.ts';
import { robe } from './robe.ts';
import { full } from './full.ts';
import { hashingTrick } from './hashing-trick.ts';
import { learnedHash } from './learned-hash.ts';
import { lma } from './lma.ts';
import { mgqe } from './mgqe.ts';
import { lowRank } from './low-rank.ts';
import { magnitudePruning } from './magnitude-pruning.ts';
import { mixedDimension } from './mixed-dimension.ts';
import { multiProbeHashing } from './multi-probe-hashing.ts';
import { fp16, int2, int4, int8 } from './post-training-quantization.ts';
import { productQuantization } from './product-quantization.ts';
import { optEmbed } from './opt-embed.ts';
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
  dpq,
  mgqe,
  mec,
  tensorTrain,
  deepHash,
  lowRank,
  doubleHashing,
  binaryCode,
  unifiedEmbedding,
  learnedHash,
  cce,
  lma,
  multiProbeHashing,
  complementaryPartitions,
  cafe,
  adaEmbed,
  magnitudePruning,
  hashEmbeddings,
  bloom,
  memcom,
  concatenatedHashing,
  hashedNets,
  robe,
  deepLight,
  cerp,
  pep,
  autoSrh,
  autoDim,
  optEmbed,
];

/** What can be put around any of them: int8(mixed-dimension). */
export const wrappers: readonly Wrapper[] = [fp16, int8, int4, int2];
