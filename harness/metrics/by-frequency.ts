import { auc } from './auc.ts';
import { logloss } from './scores.ts';

export const frequencyGroups = ['tail', 'torso', 'head'] as const;
export type FrequencyGroup = (typeof frequencyGroups)[number];

/** Scores of the rows whose rarest id training has seen about as often. */
export interface GroupScores {
  readonly group: FrequencyGroup;
  readonly rows: number;
  readonly clicks: number;
  /** How often training has seen the rarest id of such a row: the least and the most. */
  readonly seen: { readonly least: number; readonly most: number };
  /** Absent if the rows are all clicks, or none is; rows of weight 0 do not count. */
  readonly auc?: number;
  readonly logloss: number;
}

/**
 * Scores in thirds of the rows by how often training has seen the rarest id of each: the least seen are the tail. Rows of
 * equal counts are in one group, the rarer one: a third that they leave empty is left out, and so is one whose rows all have
 * weight 0. The limits depend on the data alone, so that every method has the same rows in a group. `seen`: [rows].
 */
export function scoresByFrequency(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  seen: Uint32Array,
  weights?: ArrayLike<number>,
): GroupScores[] {
  const sorted = seen.toSorted();
  // The counts of a group are above those of the one before, and up to that of the last row of its third.
  const limits = frequencyGroups.map((_, third) => sorted[Math.ceil(((third + 1) * seen.length) / 3) - 1]);
  return frequencyGroups.flatMap((group, third) => {
    const [above, most] = [third === 0 ? -1 : limits[third - 1], limits[third]];
    const rows = Uint32Array.from(seen.keys()).filter((i) => seen[i] > above && seen[i] <= most);
    if (rows.length === 0) return [];
    const own = Float32Array.from(rows, (i) => probabilities[i]);
    const clicked = Uint8Array.from(rows, (i) => (labels[i] > 0.5 ? 1 : 0));
    const counted = weights && Float32Array.from(rows, (i) => weights[i]);
    const clicks = clicked.reduce((sum, label) => sum + label, 0);
    if (counted?.every((weight) => weight === 0)) return [];
    const counts = (label: number) => clicked.some((own, i) => own === label && (counted?.[i] ?? 1) > 0);
    const least = rows.reduce((least, i) => Math.min(least, seen[i]), most);
    return [
      {
        ...{ group, rows: rows.length, clicks, seen: { least, most } },
        ...(counts(0) && counts(1) && { auc: auc(own, clicked, counted) }),
        logloss: logloss(own, clicked, counted),
      },
    ];
  });
}
