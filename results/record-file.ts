import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import type { z } from 'zod';
import { writing } from '../files/disk-fault.ts';
import { latestRecords, parseRecordLines } from './record-lines.ts';
import { sealedLine } from './sealed-line.ts';

interface Identified {
  readonly id: string;
}

/** A file of one kind of records, one JSON object per line: appended once, never rewritten. */
export interface RecordFormat<T extends Identified> {
  readonly schema: z.ZodType<T>;
  /** "run record", for messages. */
  readonly kind: string;
}

/** Such a file open for writing. A later record of an id supersedes the earlier one, which stays in the file. */
export interface RecordFile<T extends Identified> {
  readonly latest: ReadonlyMap<string, T>;
  /** Appends a record; it is on disk when this returns. */
  append(record: T): void;
  close(): void;
}

/** The latest record of every id; none if there is no file. */
export function readRecords<T extends Identified>(file: string, { schema, kind }: RecordFormat<T>): T[] {
  if (!existsSync(file)) return [];
  return [...latestRecords(parseRecordLines(bytesOf(file), file, schema, kind).records).values()];
}

/** Node names no path where it refuses to read what it could open: a folder of this name. */
const bytesOf = (file: string) => writing(file, () => readFileSync(file), { otherwise: 'move it away' });

/** The caller holds the recording's lock. Throws a UserError if the file holds a line that is no record. */
export function openRecordFile<T extends Identified>(
  file: string,
  { schema, kind }: RecordFormat<T>,
): RecordFile<T> {
  const bytes = existsSync(file) ? bytesOf(file) : Buffer.alloc(0);
  const { records, tornBytes } = parseRecordLines(bytes, file, schema, kind);
  const latest = latestRecords(records);
  // A torn line was never a record. Left in place it would be a malformed line in the middle after the next append.
  if (tornBytes > 0) truncateSync(file, bytes.length - tornBytes);
  let needsNewline = tornBytes === 0 && bytes.length > 0 && bytes.at(-1) !== 0x0a;
  const advice = { whenFull: 'free some and repeat the command', otherwise: 'use another --out' };
  const descriptor = writing(file, () => openSync(file, 'a'), advice);
  return {
    latest,
    append(record) {
      const line = Buffer.from(`${needsNewline ? '\n' : ''}${sealedLine(schema.parse(record))}\n`);
      // One write of the whole line, so that a kill tears at most the last line.
      writing(
        file,
        () => {
          const written = writeSync(descriptor, line);
          if (written !== line.length) writeSync(descriptor, line, written); // says why it was not all
          fsyncSync(descriptor);
        },
        advice,
      );
      needsNewline = false;
      latest.set(record.id, record);
    },
    close: () => closeSync(descriptor),
  };
}
