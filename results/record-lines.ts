import { z } from 'zod';
import { UserError } from '../base/user-error.ts';
import { checkProblem } from './sealed-line.ts';

/** The records of a file of JSON lines, and how many bytes at its end are the torn start of a record. */
export interface RecordLines<T> {
  readonly records: readonly T[];
  readonly tornBytes: number;
}

/**
 * Reads the bytes of a file with one record per line. A last line without a newline that is no record is what a kill
 * in the middle of a write leaves behind: it is not a record. Anything else that is no record is a UserError naming file
 * and line; `kind` is what it should have been, "run record".
 */
export function parseRecordLines<T>(
  bytes: Buffer,
  file: string,
  schema: z.ZodType<T>,
  kind: string,
): RecordLines<T> {
  const end = bytes.lastIndexOf('\n') + 1;
  const lines = bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
  const records = lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const result = parseRecord(line, schema);
    if ('problem' in result) {
      throw new UserError(
        `${file}:${index + 1}: not a ${kind} (${result.problem}); ` +
          `delete that line to run it again, or write to another recording with --out`,
      );
    }
    return [result.record];
  });
  const tail = bytes.toString('utf8', end);
  if (tail.trim() === '') return { records, tornBytes: 0 };
  // A whole record whose newline was lost still counts.
  const last = parseRecord(tail, schema);
  if ('record' in last) return { records: [...records, last.record], tornBytes: 0 };
  return { records, tornBytes: bytes.length - end };
}

/** One record per id, the latest, in the order in which the ids first appear. */
export function latestRecords<T extends { readonly id: string }>(records: readonly T[]): Map<string, T> {
  const latest = new Map<string, T>();
  for (const record of records) latest.set(record.id, record);
  return latest;
}

function parseRecord<T>(line: string, schema: z.ZodType<T>): { record: T } | { problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return { problem: (error as Error).message };
  }
  const changed = checkProblem(line);
  if (changed !== undefined) return { problem: changed };
  const parsed = schema.safeParse(json);
  if (parsed.success) return { record: parsed.data };
  return { problem: z.prettifyError(parsed.error).replace(/\s*\n\s*/g, ' ') };
}
