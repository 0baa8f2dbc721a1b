import { type Published, type SameData } from '../../analysis/leaderboards/same-data.ts';
import { formatCount } from '../format.ts';

/** A recording that the site leaves out, and the reason in one line. */
export interface LeftOut {
  readonly folder: string;
  readonly problem: string;
}

/** Name, protocol, kind of ids and of budget of every group; groups with equal ones also name their number of rows. */
export function headingsOf(groups: readonly SameData[]): string[] {
  const short = groups.map(
    ({ data, keys }) =>
      `${data.name}, ${data.protocol} split${idsOf(data)}${keys ? ', budgets with keys' : ''}`,
  );
  return groups.map(({ data }, i) => {
    const alone = short.filter((text) => text === short[i]).length === 1;
    return alone ? short[i] : `${short[i]}, ${formatCount(data.rows.train)} rows to train on`;
  });
}

/** Ids that are not all those of the training part. */
function idsOf({ facts }: SameData['data']): string {
  const { order, minCount } = facts as Readonly<Record<string, unknown>>;
  if (order === 'hashed') return ', hashed ids';
  return typeof minCount === 'number' && minCount > 1 ? `, ids that occur ${minCount} times or more` : '';
}

/** `2026-11-23` */
export const dayOf = ({ recording }: Published) => recording.environment.createdAt.slice(0, 10);
