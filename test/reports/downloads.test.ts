import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { recordsDownload, runsTableDownload } from '../../reports/page/downloads.ts';
import type { CompletedRun, RunRecord } from '../../results/record.ts';
import { catalogueRecording, plausibleRecording } from './recordings.ts';

function textOf(file: { readonly href: string; readonly bytes: number } | undefined): string {
  const packed = Buffer.from(file!.href.split(',')[1], 'base64');
  expect(packed.length).toBe(file!.bytes);
  return gunzipSync(packed).toString();
}

function recordsOf(text: string): CompletedRun[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RunRecord)
    .filter((run) => run.status === 'completed');
}

describe('the records inside a report', () => {
  it('are whole where they are small', () => {
    const records = recordsOf(textOf(recordsDownload(plausibleRecording())));
    expect(records[0].curve).toHaveLength(40);
  });

  it('have no learning curves where those are too much', () => {
    const file = recordsDownload(catalogueRecording(6));
    expect(file!.words).toContain('without learning curves');
    const records = recordsOf(textOf(file));
    expect(records.length).toBeGreaterThan(900);
    for (const { curve } of records) expect(curve).toEqual([]);
  });

  it('are left beside it where they would outweigh it; the table of runs still fits', () => {
    const recording = catalogueRecording(18);
    expect(recordsDownload(recording)).toBeUndefined();
    expect(textOf(runsTableDownload(recording)).trimEnd().split('\n')).toHaveLength(
      1 + recording.runs.length,
    );
  });

  it('do not depend on the order in which runs ended', () => {
    const { environment, runs } = plausibleRecording();
    expect(recordsDownload({ environment, runs: runs.toReversed() })).toEqual(
      recordsDownload({ environment, runs }),
    );
  });
});
