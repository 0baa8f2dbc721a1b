import type { Model } from '../contract/model.ts';
import { dlrm } from './dlrm.ts';

/** All models; the first is the default. A new one is a file and a line here. */
export const models: readonly Model[] = [dlrm];
