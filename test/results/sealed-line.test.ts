import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runRecord, type RunRecord } from '../../results/record.ts';
import { parseRecordLines } from '../../results/record-lines.ts';
import { sealedLine } from '../../results/sealed-line.ts';
import { completedRun, failedRun, infeasibleRun } from '../reports/recordings.ts';

const asked = { method: 'robe', ratio: 4, seed: 1 };
const records: readonly RunRecord[] = [
  completedRun({ ...asked, auc: 0.75 }),
  infeasibleRun(asked),
  failedRun(asked, 'killed: "check":"0123456789abcdef"}'),
];
const read = (bytes: Uint8Array) =>
  parseRecordLines(Buffer.concat([bytes, Buffer.from('\n')]), 'runs.jsonl', runRecord, 'run record').records;

test('a sealed line is read as what was sealed, and so is a line without a check', () => {
  for (const record of records) {
    expect(read(Buffer.from(sealedLine(record)))).toEqual([record]);
    expect(read(Buffer.from(JSON.stringify(record)))).toEqual([record]);
  }
});

test('no byte of a sealed line can change unnoticed', () => {
  const change = fc.record({
    record: fc.constantFrom(...records),
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    bits: fc.integer({ min: 1, max: 255 }),
  });
  fc.assert(
    fc.property(change, ({ record, at, bits }) => {
      const bytes = Buffer.from(sealedLine(record));
      bytes[Math.floor(at * bytes.length)] ^= bits;
      expect(() => {
        const found = read(bytes);
        // Nothing is lost where white space took the place of white space, or a line was cut in two that are none.
        if (JSON.stringify(found) !== JSON.stringify([record])) return;
        throw new Error('the same');
      }).toThrow();
    }),
    { numRuns: 2000, seed: 11 },
  );
});

test('another AUC is refused with the line that has it', () => {
  const line = sealedLine(records[0]).replace('"auc":0.75,', '"auc":0.76,');
  expect(() => read(Buffer.from(line))).toThrow(
    'runs.jsonl:1: not a run record (it does not fit its check: it was changed after it was written)',
  );
});
