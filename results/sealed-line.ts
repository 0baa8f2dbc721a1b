import { createHash } from 'node:crypto';

/**
 * A line of runs.jsonl ends in a check of itself: the first 16 hexadecimal digits of the SHA-256 of the record's JSON without
 * the check. Without it, a digit that a disk or an editor changes would be another AUC, and nobody could tell. Older lines
 * have no check.
 */
const ending = /,"([^"]*)":"([0-9a-f]{16})"\}\s*$/;

/** The record as one line of JSON, without a line feed, its check at the end. */
export function sealedLine(record: object): string {
  return sealed(JSON.stringify(record));
}

/** The same for a record that is JSON already. */
export function sealed(json: string): string {
  return `${json.slice(0, -1)},"check":"${checkOf(json)}"}`;
}

/** The problem of a line whose check does not fit it; undefined if it fits, or where the line has none. */
export function checkProblem(line: string): string | undefined {
  const match = ending.exec(line);
  // A damaged check no longer looks like one.
  if (match === null) return line.includes('"check":') ? changed : undefined;
  const [, key, check] = match;
  return key === 'check' && checkOf(`${line.slice(0, match.index)}}`) === check ? undefined : changed;
}

const changed = 'it does not fit its check: it was changed after it was written';

const checkOf = (json: string) => createHash('sha256').update(json).digest('hex').slice(0, 16);
