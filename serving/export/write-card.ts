import { join } from 'node:path';
import { writeWhole } from '../../files/whole-file.ts';
import type { CompletedRun } from '../../results/record.ts';
import { modelFile } from '../program/manifest.ts';
import { readManifest } from '../program/read-manifest.ts';
import { openSafetensors } from '../safetensors/read.ts';
import { cardText } from './card.ts';

/** Bytes of an exported model. */
export interface ExportedBytes {
  /** Bytes as they are counted, keys apart. */
  readonly servingBytes: number;
  /** Tensors of the embedding layer. */
  readonly layerBytes: number;
  readonly networkBytes: number;
  readonly vocabularyBytes: number;
}

/** Writes README.md of an exported model, and returns what its files take. */
export function writeCard(folder: string, run: CompletedRun, vocabularyBytes: number): ExportedBytes {
  const manifest = readManifest(folder);
  const { layerBytes, networkBytes } = bytesIn(join(folder, modelFile));
  const { compression, quality, recording } = run;
  const text = cardText({
    ...{ manifest, layerBytes, networkBytes, vocabularyBytes, compression, recording },
    ...{ auc: quality.auc, logloss: quality.logloss },
  });
  writeWhole(join(folder, 'README.md'), text);
  return { servingBytes: manifest.bytes.servingBytes, layerBytes, networkBytes, vocabularyBytes };
}

/** Bytes of the tensors of the layer and of the network. */
export function bytesIn(path: string): Pick<ExportedBytes, 'layerBytes' | 'networkBytes'> {
  const file = openSafetensors(path);
  file.close();
  const tensors = [...file.tensors.values()];
  const sum = (own: typeof tensors) => own.reduce((total, { bytes }) => total + bytes, 0);
  const network = tensors.filter(({ name }) => name.startsWith('network.'));
  return { networkBytes: sum(network), layerBytes: sum(tensors) - sum(network) };
}
