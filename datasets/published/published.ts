/** Facts that the publisher of a log states, or that others state of it, and the comparison of a log with them. */
import { type Part, parts } from '../../harness/contract/data.ts';
import type { Comparison } from '../raw-rows.ts';

/** Facts of one part: of the only file of a log that does not come split, `train`. */
export interface PartFacts {
  readonly rows?: number;
  /** Rows with label 1. */
  readonly clicks?: number;
  /** Percent of rows with label 1, to two digits, where the count is not published. */
  readonly clickRate?: string;
  /** The md5 of the uncompressed file, 32 hex digits. */
  readonly md5?: string;
}

export interface Published {
  /** A name among several editions of one log: `1m`. */
  readonly edition?: string;
  readonly parts: Readonly<Partial<Record<Part, PartFacts>>>;
  /** Different ids of all fields, as the source counts them; shown, not compared. */
  readonly ids?: number;
  /** The origin of these numbers, in a line. */
  readonly source: string;
}

/** Facts of a part that was read; `md5` only of one that is one file of text. */
export interface Found {
  readonly rows: number;
  readonly clicks: number;
  readonly md5?: string;
}

type FoundParts = Readonly<Partial<Record<Part, Found>>>;

const number = (value: number) => value.toLocaleString('en-US');

/** The edition that differs least, of equals the first one. A part that was not given is not compared. */
export function compareWith(editions: readonly Published[], found: FoundParts): Comparison {
  const all = editions.map((published) => compareOne(published, found));
  return all.reduce((best, next) => (next.differences.length < best.differences.length ? next : best));
}

function compareOne({ edition, parts: published }: Published, found: FoundParts): Comparison {
  const compared = new Set<string>();
  const differences: string[] = [];
  const split = Object.keys(published).length > 1;
  for (const part of parts) {
    const [expected, own] = [published[part], found[part]];
    if (expected === undefined || own === undefined) continue;
    if (expected.md5 !== undefined && own.md5 !== undefined) compared.add('md5');
    if (expected.rows !== undefined) compared.add('rows');
    if (expected.clicks !== undefined || expected.clickRate !== undefined) compared.add('clicks');
    const difference = differenceOf(expected, own);
    if (difference === undefined) continue;
    const place = [edition, split ? part : undefined].filter((name) => name !== undefined).join(' ');
    differences.push(place === '' ? difference : `${place}: ${difference}`);
  }
  return { compared: [...compared], differences };
}

/** The first fact that differs: other rows are other clicks, and those another md5. */
function differenceOf(expected: PartFacts, found: Found): string | undefined {
  if (expected.rows !== undefined && expected.rows !== found.rows)
    return `${number(found.rows)} rows, published ${number(expected.rows)}`;
  if (expected.clicks !== undefined && expected.clicks !== found.clicks)
    return `${number(found.clicks)} clicks, published ${number(expected.clicks)}`;
  const rate = ((100 * found.clicks) / found.rows).toFixed(2);
  if (expected.clickRate !== undefined && expected.clickRate !== rate)
    return `${rate} % clicks, published ${expected.clickRate} %`;
  if (expected.md5 !== undefined && found.md5 !== undefined && expected.md5 !== found.md5)
    return `md5 ${found.md5}, published ${expected.md5}`;
  return undefined;
}

/** The beginning of the text of every difference. */
export const unlikePublished = 'not the published';

/** The outcome for people: `as published (md5, rows, clicks)`, or what differs. */
export function comparisonText({ compared, differences }: Comparison): string {
  return differences.length === 0
    ? `as published (${compared.join(', ')})`
    : `${unlikePublished} ${differences.length === 1 ? 'file' : 'files'}: ${differences.join('; ')}`;
}
