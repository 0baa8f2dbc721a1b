import type { RawSource } from '../raw-rows.ts';
import { denseRows } from './dense.ts';
import { denseFile, labelsFile, probabilitiesFile, tokensFile } from './layout.ts';
import type { ColumnFileRecord } from './manifest.ts';
import type { WorkDirectory } from './work-directory.ts';

export interface Staged {
  readonly rows: number;
  readonly probabilities: boolean;
  /** Every row-wise file, in the order of the log: labels, dense features, probabilities. */
  readonly files: readonly ColumnFileRecord[];
  /** Checksum of the tokens file of each field. */
  readonly tokens: readonly string[];
}

/**
 * First pass: the source once through, block by block, into files in the order of the log. Labels, dense features and
 * probabilities are final unless the split regroups rows; tokens wait, one file per field, until the training part is
 * known. Memory: one block.
 */
export async function stageRows(
  source: RawSource,
  work: WorkDirectory,
  logTransform: boolean,
  onRows: (rows: number) => void,
): Promise<Staged> {
  const labels = work.writer(labelsFile);
  const dense = work.writer(denseFile);
  const tokens = source.fields.map((field) => work.writer(tokensFile(field)));
  let probabilities: ReturnType<WorkDirectory['writer']> | undefined;
  let floats = new Float32Array(0);
  let rows = 0;
  for await (const block of source.blocks()) {
    const cells = block.size * source.denseFields.length;
    if (floats.length < cells) floats = new Float32Array(cells);
    denseRows(block, logTransform, floats);
    dense.append(floats.subarray(0, cells));
    labels.append(block.labels.subarray(0, block.size));
    tokens.forEach((writer, f) => writer.append(block.tokens[f].subarray(0, block.size)));
    if (block.probabilities) {
      if (rows === 0) probabilities = work.writer(probabilitiesFile);
      probabilities?.append(block.probabilities.subarray(0, block.size));
    }
    rows += block.size;
    onRows(rows);
  }
  const files = [
    { name: labelsFile, digest: labels.finish() },
    { name: denseFile, digest: dense.finish() },
    ...(probabilities ? [{ name: probabilitiesFile, digest: probabilities.finish() }] : []),
  ];
  const tokenDigests = tokens.map((writer) => writer.finish());
  return { rows, probabilities: probabilities !== undefined, files, tokens: tokenDigests };
}
