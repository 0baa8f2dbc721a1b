import { methods, wrappers } from '../../methods/index.ts';
import {
  compressionRange,
  describeMethod,
  describeWrapper,
  rangesText,
} from '../../suites/described/describe-method.ts';
import { join } from 'node:path';
import { projectRoot } from '../../base/project-root.ts';
import { readRecording } from '../../results/store.ts';
import { methodCards } from './method-cards.ts';
import { writtenFigures } from './figures/figures.ts';
import { papersPage, speedIn } from './papers-page.ts';
import { tablePage } from './table-columns.ts';

/** The recording whose speed the hours of papers are computed with. */
const speedOfPapers = '2026-11-29-scale-5000000';

/** Files generated from the code and the recordings, by their paths in this project. Plans every method again, which takes many seconds. */
export async function writtenDocs(): Promise<Record<string, string>> {
  const descriptions = methods.map((method) => describeMethod(method, compressionRange));
  return {
    'docs/table.md': tablePage(),
    'docs/papers.md': papersPage(speedIn(readRecording(join(projectRoot, 'recordings', speedOfPapers)))),
    'docs/methods.md': methodCards(descriptions, wrappers.map(describeWrapper)),
    'suites/described/kaggle-ranges.json': rangesText(descriptions),
    ...(await writtenFigures()),
  };
}
