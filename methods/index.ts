import type { Method } from '../harness/contract/method.ts';
import type { Wrapper } from '../harness/contract/wrapper.ts';
import { adaEmbed } from './ada-embed.ts';
import { adaptiveLowPrecisionTraining } from './adaptive-low-precision-training.ts';
import { autoDim } from './auto-dim.ts';
import { autoSrh } from './auto-srh.ts';
import { binaryCode } from './binary-code.ts';
import { bloom } from './bloom.ts';
import { cafe } from './cafe.ts';
import { cce } from './cce.ts';
import { cerp } from './cerp.ts';
import { complementaryPartitions } from './complementary-partitions.ts';
import { concatenatedHashing } from './concatenated-hashing.ts';
import { deduplication } from './deduplication.ts';
import { deepHash } from './deep-hash.ts';
import { deepLight } from './deep-light.ts';
import { doubleHashing } from './double-hashing.ts';
import { dpq } from './dpq.ts';
import { frequencyTruncation } from './frequency-truncation.ts';
import { full } from './full.ts';
import { hashEmbeddings } from './hash-embeddings.ts';
import { hashedNets } from './hashed-nets.ts';
import { hashingTrick } from './hashing-trick.ts';
import { learnedHash } from './learned-hash.ts';
import { learnedStepQuantization } from './learned-step-quantization.ts';
import { leverage } from './leverage.ts';
import { lma } from './lma.ts';
import { lowPrecisionTraining } from './low-precision-training.ts';
import { lowRank } from './low-rank.ts';
import { magnitudePruning } from './magnitude-pruning.ts';
import { mec } from './mec.ts';
import { memcom } from './memcom.ts';
import { mgqe } from './mgqe.ts';
import { mixedDimension } from './mixed-dimension.ts';
import { multiLayer } from './multi-layer.ts';
import { multiProbeHashing } from './multi-probe-hashing.ts';
import { optEmbed } from './opt-embed.ts';
import { pep } from './pep.ts';
import { fp16, int2, int4, int8 } from './post-training-quantization.ts';
import { productQuantization } from './product-quantization.ts';
import { quotientRemainder } from './quotient-remainder.ts';
import { robe } from './robe.ts';
import { svd } from './svd.ts';
import { tensorTrain } from './tensor-train.ts';
import { unifiedEmbedding } from './unified-embedding.ts';
import { uniform } from './uniform.ts';

/** Every method the suite knows. To add one, write its file and add its line. */
export const methods: readonly Method[] = [
  // baseline
  full,
  uniform,
  // hashing and sharing
  hashingTrick,
  quotientRemainder,
  doubleHashing,
  binaryCode,
  unifiedEmbedding,
  learnedHash,
  cce,
  lma,
  multiProbeHashing,
  complementaryPartitions,
  hashEmbeddings,
  bloom,
  memcom,
  concatenatedHashing,
  hashedNets,
  robe,
  // structured
  tensorTrain,
  deepHash,
  lowRank,
  svd,
  multiLayer,
  mixedDimension,
  // adaptive
  frequencyTruncation,
  cafe,
  adaEmbed,
  // codes
  productQuantization,
  dpq,
  mgqe,
  mec,
  deduplication,
  // pruning and search
  magnitudePruning,
  leverage,
  deepLight,
  cerp,
  pep,
  autoSrh,
  autoDim,
  optEmbed,
  // precision
  lowPrecisionTraining,
  adaptiveLowPrecisionTraining,
  learnedStepQuantization,
];

/** What can be put around any of them: int8(mixed-dimension). */
export const wrappers: readonly Wrapper[] = [fp16, int8, int4, int2];
