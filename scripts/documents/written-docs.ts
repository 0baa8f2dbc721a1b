import { methods, wrappers } from '../../methods/index.ts';
import {
  compressionRange,
  describeMethod,
  describeWrapper,
  rangesText,
} from '../../suites/described/describe-method.ts';
import { methodCards } from './method-cards.ts';
import { tablePage } from './table-columns.ts';

/** Files generated from the code, by their paths in this project. Plans every method again, which takes many seconds. */
export function writtenDocs(): Record<string, string> {
  const descriptions = methods.map((method) => describeMethod(method, compressionRange));
  return {
    'docs/table.md': tablePage(),
    'docs/methods.md': methodCards(descriptions, wrappers.map(describeWrapper)),
    'suites/described/kaggle-ranges.json': rangesText(descriptions),
  };
}
