import { UserError } from '../../base/user-error.ts';
import type { SplitSettings } from './settings.ts';

/** Rows that can get another place than in the log: places are numbers of 32 bits, the last of which stands for none. */
export const mostPlaced = 2 ** 32 - 1;

/** How a log tells its order. */
interface Order {
  readonly inDays: boolean;
  readonly timed: boolean;
}

/** True if the prepared files may have rows in another order than the log, or fewer of them. */
function movesRows({ protocol, shares, rolling }: SplitSettings, { inDays, timed }: Order): boolean {
  if (protocol === 'temporal') return timed || (shares !== undefined && shares.validation !== shares.test);
  if (protocol === 'rolling') return !inDays && (timed || rolling!.day < rolling!.days - 1);
  return true;
}

/** Throws a UserError for more rows than a split can move. A split that leaves rows where they are takes any number. */
export function requirePlaces(rows: number, settings: SplitSettings, order: Order): void {
  if (rows <= mostPlaced || !movesRows(settings, order)) return;
  throw new UserError(
    `${rows} rows${settings.protocol === 'temporal' ? ' with times or uneven shares' : ''}: --protocol ${settings.protocol} moves ` +
      `at most ${mostPlaced}; use fewer rows (a log in days: fewer --days), or --protocol temporal by the order of the log`,
  );
}
