import type { Model } from '../contract/model.ts';
import { dcn } from './dcn.ts';
import { dcnV2 } from './dcn-v2.ts';
import { deepfm } from './deepfm.ts';
import { dlrm } from './dlrm.ts';
import { finalmlp } from './finalmlp.ts';
import { fm } from './fm.ts';
import { linear } from './linear.ts';
import { wideDeep } from './wide-deep.ts';

/** All models; the first is the default. A new one is a file and a line here. */
export const models: readonly Model[] = [dlrm, linear, fm, wideDeep, deepfm, dcn, dcnV2, finalmlp];
