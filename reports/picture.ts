import { analyze } from '../analysis/recording.ts';
import { bestPossible, isCompleted } from '../analysis/summary/rows.ts';
import { writeWhole } from '../files/whole-file.ts';
import type { Recording } from '../results/recording.ts';
import { readRecording } from '../results/store.ts';
import { qualityChart } from './charts/quality.ts';
import { drawSvg } from './charts/svg.ts';
import { colorRules } from './page/colors.ts';

const width = 760;

/**
 * The chart of AUC against bytes as an SVG file that stands alone, for a README. Shows the first setting of the recording.
 */
export async function renderPicture(recording: Recording): Promise<string> {
  const [comparison] = analyze(recording).comparisons;
  const rows = comparison.rows.filter(isCompleted);
  const { references } = comparison;
  const input = { metric: 'auc', rows, bestPossible: bestPossible(rows)?.auc, references } as const;
  const label = `Test AUC against serving bytes on ${recording.environment.data?.name}`;
  const svg = await drawSvg(qualityChart(input, width), { name: 'auc', label });
  return standAlone(svg, width);
}

/** A drawing of a page as a file, with the page's colours, light and dark. */
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
