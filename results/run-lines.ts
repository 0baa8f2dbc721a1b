import { Fault } from '../harness/contract/fault.ts';
import { type RunRecord, runRecord } from './record.ts';
import { z } from 'zod';

/** The records of runs.jsonl, and how many bytes at its end are the torn start of a record. */
export interface RunLines {
  readonly records: readonly RunRecord[];
  readonly tornBytes: number;
}

/**
 * Reads the bytes of a runs.jsonl. A last line without a newline that is no record is what a kill in the middle of a
 * write leaves behind: it is not a record. Anything else that is no record is a Fault naming file and line.
 */
export function parseRunLines(bytes: Buffer, file: string): RunLines {
  const end = bytes.lastIndexOf('\n') + 1;
  const lines = bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
  const records = lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const result = parseRecord(line);
    if ('problem' in result) {
      throw new Fault(
        `${file}:${index + 1}: not a run record (${result.problem}); ` +
          `delete that line to run it again, or write to another recording with --out`,
      );
    }
    return [result.record];
  });
  const tail = bytes.toString('utf8', end);
  if (tail.trim() === '') return { records, tornBytes: 0 };
  // A whole record whose newline was lost still counts.
  const last = parseRecord(tail);
  if ('record' in last) return { records: [...records, last.record], tornBytes: 0 };
  return { records, tornBytes: bytes.length - end };
}

/** One record per id, the latest, in the order in which the ids first appear. */
export function latestRecords(records: readonly RunRecord[]): Map<string, RunRecord> {
  const latest = new Map<string, RunRecord>();
  for (const record of records) latest.set(record.id, record);
  return latest;
}

function parseRecord(line: string): { record: RunRecord } | { problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return { problem: (error as Error).message };
  }
  const parsed = runRecord.safeParse(json);
  if (parsed.success) return { record: parsed.data };
  return { problem: z.prettifyError(parsed.error).replace(/\s*\n\s*/g, ' ') };
}
