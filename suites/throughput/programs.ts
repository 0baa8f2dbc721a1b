import { fileURLToPath } from 'node:url';

/** A program in PyTorch, and the models that it builds. */
const torchPeer = fileURLToPath(new URL('./torch-peer.py', import.meta.url));
const built = ['dlrm', 'linear', 'fm', 'wide-deep', 'deepfm', 'dcn', 'dcn-v2', 'finalmlp'];

/** PyTorch's programs, by the models that they build: it can be timed beside no other. */
export const referencePrograms: Readonly<Record<string, string>> = Object.fromEntries(
  built.map((model) => [model, torchPeer]),
);

/** Any of them says what is installed. */
export const probeFile = torchPeer;
