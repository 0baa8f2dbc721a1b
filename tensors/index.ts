/**
 * The one door to tfjs. Every symbol of tfjs-core that the project uses is listed here, and nothing else imports that package, so
 * that another library with a tape could take its place. The gradients are ours (gradients/): tfjs-core registers none, and the
 * package that registers all of them loads a converter, layers and WebGL as well. A new operation needs a line below, and a
 * gradient if it is differentiated.
 */
import '@tensorflow/tfjs-backend-cpu';

export { restoreGradients } from './gradients/index.ts';

/** Tensors and their memory. */
export {
  DataStorage,
  dispose,
  engine,
  KernelBackend,
  keep,
  memory,
  Rank,
  Tensor,
  tidy,
  util,
  Variable,
  variable,
} from '@tensorflow/tfjs-core';
export type {
  BackendValues,
  DataType,
  MemoryInfo,
  Scalar,
  Tensor1D,
  Tensor2D,
  Tensor3D,
  TensorInfo,
} from '@tensorflow/tfjs-core';

/** The tape. */
export { customGrad, grad, grads, valueAndGrad, valueAndGrads, variableGrads } from '@tensorflow/tfjs-core';
export type { GradSaveFunc, NamedTensorMap } from '@tensorflow/tfjs-core';

/** Backends and kernels. */
export {
  backend,
  backend_util,
  enableProdMode,
  env,
  findBackend,
  getBackend,
  getKernel,
  getKernelsForBackend,
  registerBackend,
  registerKernel,
  setBackend,
  slice_util,
  unregisterKernel,
  version_core,
} from '@tensorflow/tfjs-core';
export type { KernelConfig, KernelFunc, NamedAttrMap } from '@tensorflow/tfjs-core';

/** Tensors made from numbers. */
export {
  fill,
  oneHot,
  ones,
  onesLike,
  randomUniform,
  range,
  scalar,
  tensor,
  tensor1d,
  tensor2d,
  tensor3d,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';

/** Arithmetic, element by element. */
export {
  abs,
  add,
  addN,
  cast,
  clipByValue,
  cos,
  div,
  divNoNan,
  exp,
  floor,
  floorDiv,
  log,
  log1p,
  maximum,
  minimum,
  mul,
  neg,
  relu,
  round,
  sigmoid,
  sign,
  sin,
  softplus,
  sqrt,
  square,
  step,
  sub,
  tanh,
} from '@tensorflow/tfjs-core';

/** Comparisons. */
export {
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  logicalOr,
  notEqual,
  where,
} from '@tensorflow/tfjs-core';

/** Products, sums over axes, rows. */
export {
  argMax,
  argMin,
  fused,
  gather,
  matMul,
  max,
  mean,
  softmax,
  sum,
  unsortedSegmentSum,
} from '@tensorflow/tfjs-core';

/** Shapes. */
export {
  clone,
  concat,
  concat2d,
  expandDims,
  pad,
  pad2d,
  reshape,
  slice,
  slice2d,
  split,
  squeeze,
  stack,
  tile,
  transpose,
  unstack,
} from '@tensorflow/tfjs-core';
