import type { Method } from '../harness/contract/method.ts';
import type { Wrapper } from '../harness/contract/wrapper.ts';
import { adaEmbed } from './ada-embed/index.ts';
import { adaptiveLowPrecisionTraining } from './adaptive-low-precision-training/index.ts';
import { autoDim } from './auto-dim/index.ts';
import { autoSrh } from './auto-srh/index.ts';
import { binaryCode } from './binary-code/index.ts';
import { bloom } from './bloom.ts';
import { cafe } from './cafe/index.ts';
import { cce } from './cce/index.ts';
import { cerp } from './cerp/index.ts';
import { complementaryPartitions } from './complementary-partitions/index.ts';
import { concatenatedHashing } from './concatenated-hashing.ts';
import { deduplication } from './deduplication/index.ts';
import { deepHash } from './deep-hash/index.ts';
import { deepLight } from './deep-light/index.ts';
import { dimGrow } from './dim-grow/index.ts';
import { doubleHashing } from './double-hashing.ts';
import { dpq } from './dpq.ts';
import { fieldPruning } from './field-pruning/index.ts';
import { fiited } from './fiited/index.ts';
import { frequencyTruncation } from './frequency-truncation.ts';
import { full } from './full.ts';
import { hashEmbeddings } from './hash-embeddings.ts';
import { hashedNets } from './hashed-nets.ts';
import { hashingTrick } from './hashing-trick.ts';
import { learnedHash } from './learned-hash/index.ts';
import { learnedStepQuantization } from './learned-step-quantization/index.ts';
import { leverage } from './leverage/index.ts';
import { lma } from './lma/index.ts';
import { lowPrecisionTraining } from './low-precision-training.ts';
import { lowRank } from './low-rank.ts';
import { magnitudePruning } from './magnitude-pruning/index.ts';
import { mec } from './mec.ts';
import { memcom } from './memcom.ts';
import { mgqe } from './mgqe.ts';
import { mixedDimension } from './mixed-dimension/index.ts';
import { mixedPrecisionEmbeddings } from './mixed-precision-embeddings/index.ts';
import { multiLayer } from './multi-layer.ts';
import { multiProbeHashing } from './multi-probe-hashing/index.ts';
import { noIds } from './no-ids.ts';
import { optEmbed } from './opt-embed/index.ts';
import { pep } from './pep.ts';
import {
  fp16,
  fp8,
  fp8E5m2,
  int2,
  int4,
  int8,
  mxfp4,
  mxfp6,
  mxfp8,
  mxint8,
  nf4,
} from './post-training-quantization/index.ts';
import { productQuantization } from './product-quantization/index.ts';
import { quotientRemainder } from './quotient-remainder/index.ts';
import { robe } from './robe.ts';
import { shark } from './shark/index.ts';
import { sseds } from './sseds.ts';
import { svd } from './svd.ts';
import { tensorTrain } from './tensor-train/index.ts';
import { unifiedEmbedding } from './unified-embedding.ts';
import { uniform } from './uniform.ts';

/** Every method the suite knows. To add one, write its file and add its two lines here. */
export const methods: readonly Method[] = [
  // baseline
  full,
  noIds,
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
  fiited,
  cerp,
  pep,
  autoSrh,
  autoDim,
  dimGrow,
  sseds,
  fieldPruning,
  optEmbed,
  // precision
  lowPrecisionTraining,
  adaptiveLowPrecisionTraining,
  learnedStepQuantization,
  mixedPrecisionEmbeddings,
  shark,
];

/** Wrappers that can be put around any method: int8(mixed-dimension). */
export const wrappers: readonly Wrapper[] = [
  fp16,
  ...[fp8, fp8E5m2, mxfp8, mxfp6, mxfp4],
  ...[int8, int4, int2, mxint8],
  nf4,
];
