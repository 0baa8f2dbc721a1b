import { type Part, parts } from '../../harness/contract/data.ts';
import { UserError } from '../../base/user-error.ts';
import { givenSplit, randomSplit } from './hashed-split.ts';
import { splitLines } from './line-split.ts';
import type { SplitSettings } from './settings.ts';
import type { RowFacts, Split } from './split-parts.ts';
import { rollingSplit, temporalSplit } from './temporal-split.ts';

/** Throws a UserError if a part would be empty, or if the log has no given parts where they are asked for. */
export function splitRows(rows: number, settings: SplitSettings, facts: RowFacts = {}): Split {
  const splitOf = (rows: number, facts: RowFacts) => splitters[settings.protocol](rows, settings, facts);
  const { sameLine } = facts;
  const split = sameLine ? splitLines(sameLine, facts, splitOf) : splitOf(rows, facts);
  const empty = parts.find((part) => split.parts[part].rows <= 0);
  if (empty !== undefined) throw new UserError(emptyPart(rows, settings, empty, facts));
  return split;
}

const splitters: Readonly<
  Record<SplitSettings['protocol'], (rows: number, settings: SplitSettings, facts: RowFacts) => Split>
> = { temporal: temporalSplit, random: randomSplit, given: givenSplit, rolling: rollingSplit };

function emptyPart(
  rows: number,
  { protocol, rolling }: SplitSettings,
  part: Part,
  { times }: RowFacts,
): string {
  if (protocol === 'given')
    return `the ${part} part of the given split has no row; give a file or a value of the column for it, or choose --protocol random`;
  if (protocol === 'rolling' && rolling)
    return (
      `day ${part === 'train' ? `1 to ${rolling.day}` : rolling.day + 1} of ${rolling.days} has too few of the ${rows} rows: ` +
      `the ${part} part would be empty; choose other --rolling-days or --rolling-day`
    );
  if (protocol === 'temporal' && times && times.every((time) => time === times[0]))
    return `all ${rows} rows have one time, so no temporal split is possible; choose --protocol random, or another time column`;
  return `${rows} rows are too few for a ${protocol} split: the ${part} part would be empty; use more rows`;
}
