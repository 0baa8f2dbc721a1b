import { join } from 'node:path';
import { type AnalyzedComparison, analyze } from '../../analysis/recording.ts';
import type { Recording } from '../../results/recording.ts';
import { readRecording } from '../../results/store.ts';

const root = join(import.meta.dirname, '../..');
const recordings = new Map<string, Recording>();
const comparisons = new Map<string, AnalyzedComparison>();

/** A recording of recordings/. A file of tests reads each once: large ones take a second. */
export function published(name: string): Recording {
  const known = recordings.get(name) ?? readRecording(join(root, 'recordings', name));
  recordings.set(name, known);
  return known;
}

/** The first comparison of a recording of recordings/, analyzed once. */
export function comparisonOf(name: string): AnalyzedComparison {
  const known = comparisons.get(name) ?? analyze(published(name)).comparisons[0];
  comparisons.set(name, known);
  return known;
}
