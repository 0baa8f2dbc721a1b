import { UserError } from '../base/user-error.ts';
import type { ComparisonSettings } from './settings.ts';

type Wanted = Pick<
  ComparisonSettings,
  'epochs' | 'patience' | 'reduceOnPlateau' | 'decay' | 'l2Network' | 'ways'
>;

/** Throws a UserError for settings of training that contradict each other or have no effect. */
export function requirePractice(settings: Wanted): void {
  const { epochs, patience, reduceOnPlateau, decay, l2Network, ways = [] } = settings;
  if (epochs === 1 && patience !== undefined)
    throw new UserError(
      '--patience ends training between epochs, and there is one: add --epochs, or leave it out',
    );
  if (epochs === 1 && reduceOnPlateau !== undefined)
    throw new UserError(
      '--reduce-on-plateau acts between epochs, and there is one: add --epochs, or leave it out',
    );
  if (decay !== undefined && reduceOnPlateau !== undefined)
    throw new UserError(
      '--decay and --reduce-on-plateau both lower the learning rate: leave one of them out',
    );
  if (l2Network !== undefined && ways.some(({ gradients }) => gradients !== undefined))
    throw new UserError(
      '--l2-network adds to the gradients of weights, which --gradients sbpca does not form: leave one of them out',
    );
}
