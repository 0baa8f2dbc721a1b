import type { Exceptions, KnownFailure } from './compare.ts';

/** Failures of tfjs-node-gpu 4.22.0 on TensorFlow 2.21: none is this project's. */

/** Nearly all of them say so themselves. */
export const tensorflowFailures: readonly KnownFailure[] = [
  {
    message:
      /Kernel '(BitwiseAnd|DenseBincount|MaxPoolWithArgmax|Ragged\w+|SearchSorted|Sparse(FillEmptyRows|Reshape|Segment\w+)|String\w+|Transform)' not registered for backend 'tensorflow'/,
    reason: 'the package has no such kernel',
  },
  { message: /TF Backend supports only 'valid' and 'same' padding/, reason: 'the package pads no other way' },
  { message: /FusedConv2D does not support dataFormat:'NCHW'/, reason: 'the package fuses NHWC only' },
  {
    message: /Value for attr 'T' of (bool|int32|string) is not in the list of allowed values/,
    reason: "TensorFlow's operation is not for that type",
  },
  {
    message: /Computed output size would be negative/,
    reason: 'TensorFlow refuses a pool wider than what it is over; tfjs gives an empty result',
  },
  {
    message: /could not create a primitive descriptor for the convolution/,
    reason: 'oneDNN has no such convolution for some processors',
  },
  {
    // oneDNN, which TensorFlow leaves out on processors without AVX-512, does these. No method and no model has a convolution.
    names: /[cC]onv2[dD]/,
    message:
      /kernel implementation does not support dilations|only supports the NHWC tensor format on the CPU|Size of out_backprop doesn't match computed/,
    reason: 'TensorFlow has no such convolution for some processors',
  },
  {
    message: /must match dimensions .* of updates/,
    reason: 'scatterND with indices [n]: n places to tfjs, one place in n dimensions to TensorFlow',
  },
];

/** The rest give other numbers. */
export const tensorflowExceptions: Exceptions = {
  'einsum backend {} 2d matrix calculate trace: duplicate axes not implemented yet': 'TensorFlow has them',
  'einsum backend {} nonexistent dimension throws error': 'TensorFlow gives a result',
  'multinomial backend {} creates the same data given the same seed': 'other numbers every time',
  'round backend {} int32': '0 for all, from the library itself',
  'sign backend {} basic': 'of NaN: NaN in TensorFlow, 0 in tfjs',
  'sign backend {} does not propagate NaNs': 'of NaN: NaN in TensorFlow, 0 in tfjs',
  'sign backend {} accepts a tensor-like object': 'of NaN: NaN in TensorFlow, 0 in tfjs',
  'tan backend {} numbers exceed float32 precision': 'the last digit of 30144',
  'unique backend {} 1d tensor with NaN and Infinity': 'NaN differs from NaN in TensorFlow, not in tfjs',
};
