import { join } from 'node:path';
import { writeWhole } from '../files/whole-file.ts';
import type { Recording } from '../results/recording.ts';
import { readRecording } from '../results/store.ts';
import { pageView } from './page/page-view.ts';
import { fillPage } from './page/templates.ts';

/**
 * One self-contained HTML page about a recording; the same records give the same bytes. Throws a UserError if the runs
 * saw different data or protocols. `home`: relative address of a page that lists this one among others, where there is one.
 */
export async function renderReport(
  recording: Recording,
  { home, margin }: { readonly home?: string; readonly margin?: number | undefined } = {},
): Promise<string> {
  return fillPage({ ...(await pageView(recording, margin)), home });
}

/** Writes report.html into the recording's folder, replacing an older one, and returns its path. */
export async function writeReport(directory: string, margin?: number): Promise<string> {
  const html = await renderReport(readRecording(directory), { margin });
  const file = join(directory, 'report.html');
  writeWhole(file, html, { otherwise: 'copy the recording to where it can be' });
  return file;
}
