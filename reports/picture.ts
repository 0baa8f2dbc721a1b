import { writeWhole } from '../files/whole-file.ts';
import { comparisons } from '../results/comparable.ts';
import type { Recording } from '../results/record.ts';
import { readRecording } from '../results/store.ts';
import { qualityChart } from './charts/quality.ts';
import { drawSvg } from './charts/svg.ts';
import { colorRules } from './page/colors.ts';
import { seriesOf } from './series.ts';
import { spotlight } from './spotlight.ts';
import { isCompleted, summarize } from './summary.ts';

const width = 760;

/**
 * The chart of AUC against bytes as an SVG file that stands alone, for a README. Shows the first setting of the recording.
 */
export async function renderPicture(recording: Recording): Promise<string> {
  const [{ runs }] = comparisons(recording);
  const named = spotlight(summarize(runs, seriesOf(recording.runs)));
  const rows = summarize(runs, seriesOf(recording.runs, named)).filter(isCompleted);
  const bestPossible = rows
    .map((row) => row.runs[0].quality.bestPossible?.auc)
    .find((auc) => auc !== undefined);
  const { dataset } = runs[0];
  const label = `Test AUC against serving bytes on ${dataset.name}`;
  const svg = await drawSvg(qualityChart({ metric: 'auc', rows, bestPossible }, width), {
    name: 'auc',
    label,
  });
  return standAlone(svg, width);
}

/** A drawing for a page as a file: with the page's colours, light and dark. */
export function standAlone(svg: string, width: number): string {
  const style = `<style>${colorRules}svg{font-family:system-ui,sans-serif;background:var(--page)}</style>`;
  return svg.replace(
    /^<svg ([^>]*)>/,
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" $1>${style}`,
  );
}

export async function writePicture(directory: string, file: string): Promise<void> {
  writeWhole(file, `${await renderPicture(readRecording(directory))}\n`);
}
