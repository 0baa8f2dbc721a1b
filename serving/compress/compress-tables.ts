import { statSync } from 'node:fs';
import { join } from 'node:path';
import { sum } from '../../base/sum.ts';
import { type ServingBytes, servingBytesOf, sumOf } from '../../harness/contract/serving-bytes.ts';
import { writeWhole } from '../../files/whole-file.ts';
import { writeTogether } from '../../files/written-together.ts';
import { manifestFile, modelFile } from '../program/manifest.ts';
import { tablesFormat, type TablesManifest, tablesVersion } from '../program/tables-manifest.ts';
import { cardOf } from './card.ts';
import { compareTables } from './compare-tables.ts';
import type { SampleRule } from './measure.ts';
import { type Asked, planLayers, type PlannedLayer } from './plan-layers.ts';
import type { CompressReport } from './report.ts';
import { floatBytes } from './sources/float-reader.ts';
import type { UserTable } from './sources/open-tables.ts';
import { writeTables } from './write-tables.ts';

export interface CompressRequest extends Asked {
  readonly tables: readonly UserTable[];
  /** How often each row of each table was looked up. */
  readonly counts?: readonly Uint32Array[] | undefined;
  readonly folder: string;
  readonly sample: SampleRule;
  /** Bytes that a method which holds all rows may take. */
  readonly memoryBytes: number;
  /** Called as a phase begins. */
  readonly onPhase: (phase: string) => void;
}

export const reportFile = 'report.json';
export const cardFile = 'README.md';

/**
 * Compresses tables, writes model.safetensors, manifest.json, report.json and a card into a folder, all or none of them, and compares what
 * the written files decode to with the tables. Throws UserErrors of planLayers, and those of a disk that refuses.
 */
export function compressTables(request: CompressRequest): CompressReport {
  const { tables, counts, folder, memoryBytes } = request;
  const start = performance.now();
  const planned = planLayers(tables, counts, request, memoryBytes);
  return writeTogether(folder, (work) => writeFiles(work, planned, start, request), {
    otherwise: 'choose another --out',
  });
}

function writeFiles(
  folder: string,
  planned: readonly PlannedLayer[],
  start: number,
  request: CompressRequest,
): CompressReport {
  const { tables, method, options, seed, compression, onPhase } = request;
  onPhase('converting');
  const path = join(folder, modelFile);
  const converted = planned.map(({ dim, tables, converter }) => ({
    dim,
    sources: tables.map(({ name, source: { rows } }) => ({ name, rows })),
    conversion: converter.convert((f) => tables[f].source),
  }));
  onPhase('writing');
  const written = writeTables(path, converted);
  const compressed = performance.now();
  const { name, title, formula, paper } = method;
  const manifest: TablesManifest = {
    format: tablesFormat,
    version: tablesVersion,
    method: { name, title, ...(formula !== undefined && { formula }), paper, options: options as Record<string, unknown>, seed }, // prettier-ignore
    choices: Object.fromEntries(converted.map(({ dim, conversion }) => [dim, conversion.plan.choices])),
    layer: written.layer,
    embeddings: written.embeddings,
  };
  onPhase('comparing');
  const errors = compareTables(path, written, planned, request.sample);
  const byKind = converted
    .map(({ conversion }) => servingBytesOf(conversion.plan))
    .reduce((all, one) => mapKinds(all, (bytes, kind) => bytes + one[kind]));
  const floats = ({ source: { rows, width } }: UserTable) => rows * width;
  const full = 4 * sum(tables.map(floats));
  const report: CompressReport = {
    method: method.name,
    options,
    seed,
    compression: { requested: compression, achieved: full / sumOf(byKind) },
    bytes: {
      full,
      source: sum(tables.map((table) => floatBytes[table.form] * floats(table))),
      serving: sumOf(byKind),
      byKind,
      modelFile: statSync(path).size,
    },
    sample: request.sample,
    tables: errors,
    seconds: {
      compress: (compressed - start) / 1000,
      compare: (performance.now() - compressed) / 1000,
      processor: sum(Object.values(process.cpuUsage())) / 1e6,
    },
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
  writeWhole(join(folder, manifestFile), `${JSON.stringify(manifest)}\n`);
  writeWhole(join(folder, reportFile), `${JSON.stringify(report, null, 2)}\n`);
  writeWhole(join(folder, cardFile), cardOf(request, report));
  return report;
}

function mapKinds(bytes: ServingBytes, to: (bytes: number, kind: keyof ServingBytes) => number): ServingBytes {
  const kinds = Object.keys(bytes) as (keyof ServingBytes)[];
  return Object.fromEntries(kinds.map((kind) => [kind, to(bytes[kind], kind)])) as unknown as ServingBytes;
} // prettier-ignore
