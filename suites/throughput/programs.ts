import { fileURLToPath } from 'node:url';

/** What the processes of contestants run. */
export const workerFile = fileURLToPath(new URL('./worker.ts', import.meta.url));
export const peerFile = fileURLToPath(new URL('./torch-dlrm.py', import.meta.url));
