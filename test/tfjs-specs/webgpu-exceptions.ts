import type { Exceptions, KnownFailure } from './compare.ts';

/** Failures of tfjs-backend-webgpu 4.22.0 in Node on Dawn: they occur without our kernels too. */

export const webgpuFailures: readonly KnownFailure[] = [
  {
    message:
      /Kernel '(BitwiseAnd|NonMaxSuppressionV4|Ragged\w+|Sparse(FillEmptyRows|Reshape)|StaticRegexReplace|String\w+|Unique)' not registered for backend 'webgpu'/,
    reason: 'the package has no such kernel',
  },
  {
    names: /^(gather|sparseSegment(Mean|Sum)) backend/,
    message: /Expected function to throw an (Error|exception)/,
    reason: 'indices are on the device, where nothing throws',
  },
  {
    names: /^prod backend .*(keep ?dim|gradient)/i,
    message: /Arrays differ|\$\.length/,
    reason: 'products of tensors with several axes are wrong, and not always the same ones',
  },
  {
    names: /^(acosh|asinh|atanh|sigmoid|softmax) backend {} propagates nans/i,
    message: /expected\[\d\] = NaN/,
    reason: 'drivers may take for granted that there is no NaN',
  },
  {
    names: /^(cos|tan) backend/,
    message: /Arrays differ/,
    reason: "some drivers' sines and tangents are off by 1e-4, and of large numbers anything",
  },
  {
    names: /^tensor\.data backend/,
    message: /Unhandled promise rejection: TypeError: .*reading 'backend'/,
    reason: 'of two that read a tensor at once, the second is rejected, in this spec or the next',
  },
  {
    names: /^time cpu backend {} simple upload/,
    message: /Expected 0 to be greater than 0/,
    reason: "some devices' clocks are too coarse for so little",
  },
];

export const webgpuExceptions: Exceptions = {
  'cumsum backend {} gradient: 1D': 'it sums in the wrong direction',
  'cumsum backend {} gradient with clones': 'it sums in the wrong direction',
  'fromPixels, mock canvas backend {} accepts a canvas-like element': "it asks for a browser's canvas",
  'fromPixels, mock canvas backend {} accepts a canvas-like element, numChannels=4':
    "it asks for a browser's canvas",
  'threshold backend {} method otsu': 'another threshold',
  'threshold backend {} method otsu, inverted = true': 'another threshold',
};
