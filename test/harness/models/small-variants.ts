import type { Model } from '../../../harness/contract/model.ts';
import { findModel } from '../../../suites/find-model.ts';

/** A model with options that make its network small. */
export interface Variant {
  readonly title: string;
  readonly model: Model;
  readonly options: Readonly<Record<string, unknown>>;
}

const variant = (name: string, options: Variant['options'] = {}): Variant => ({
  title: [name, ...Object.entries(options).map(([option, value]) => `${option}=${String(value)}`)].join(' '),
  model: findModel(name),
  options,
});

/** Every model, and every form that its options give it. */
export const smallVariants: readonly Variant[] = [
  variant('dlrm', { bottom: '8', top: '8' }),
  variant('linear'),
  variant('fm'),
  variant('fm', { dense: 'linear' }),
  variant('wide-deep', { hidden: '9-5' }),
  variant('deepfm', { hidden: '9' }),
  variant('deepfm', { hidden: '9', dense: 'linear' }),
  variant('dcn', { hidden: '9', cross: 2 }),
  variant('dcn-v2', { hidden: '9', cross: 2 }),
  variant('dcn-v2', { hidden: '9', rank: 3 }),
  variant('dcn-v2', { hidden: '9', rank: 3, experts: 2, cross: 2 }),
  variant('dcn-v2', { hidden: '9', rank: 3, experts: 1, cross: 1 }),
  variant('dcn-v2', { hidden: '9', structure: 'stacked' }),
  variant('finalmlp', { first: '9', second: '7-5' }),
];
