import type { Model } from '../contract/model.ts';
import { dlrm } from './dlrm.ts';

export const models: readonly Model[] = [dlrm];
