import { UserError } from '../../base/user-error.ts';

/** Malformed lines that may be left out. */
export interface BadLines {
  /** Lines to leave out before giving up. */
  readonly most: number;
  count: number;
  /** Descriptions of the first few of them. */
  readonly first: string[];
}

const shown = 5;

export const noBadLines = (most: number): BadLines => ({ most, count: 0, first: [] });

/** Leaves one more line out. Throws a UserError if that is more than allowed. */
export function leaveOut(problem: string, badLines: BadLines): void {
  if (badLines.count >= badLines.most)
    throw new UserError(
      badLines.most === 0
        ? `${problem}; correct the line, or leave out up to N such lines with --max-bad-lines N`
        : `${problem}; this is one more malformed line than --max-bad-lines ${badLines.most} allows`,
    );
  badLines.count++;
  if (badLines.first.length < shown) badLines.first.push(problem);
}
