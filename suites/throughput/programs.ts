import { fileURLToPath } from 'node:url';

/** The program that our workers run. */
export const workerFile = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** PyTorch's programs, by the models that they build: it can be timed beside no other. */
export const referencePrograms: Readonly<Record<string, string>> = {
  dlrm: fileURLToPath(new URL('./torch-dlrm.py', import.meta.url)),
};

/** Any of them says what is installed. */
export const [probeFile] = Object.values(referencePrograms);
