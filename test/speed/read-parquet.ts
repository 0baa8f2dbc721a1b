import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCached } from '../../datasets/prepared/cache.ts';
import { defaultSettings } from '../../datasets/prepared/settings.ts';
import type { RawSource } from '../../datasets/raw-rows.ts';
import { parquetReader } from '../../datasets/table/parquet/parquet-reader.ts';
import { resolveColumns } from '../../datasets/table/resolve.ts';
import { tableSchema } from '../../datasets/table/schema.ts';

/** Our half of parquet.ts, `read-parquet.ts blocks|prepare FILE`: prints rows, seconds, CPU seconds and the peak of memory in MB. */

const [what, path] = process.argv.slice(2);

function sourceOf(): RawSource {
  const reader = parquetReader(path);
  const schema = tableSchema.parse({ label: 'label', numeric: ['I*'], categorical: ['C*'] });
  const columns = resolveColumns(schema, reader.columns, path);
  return {
    dense: columns.numeric.map(({ name }) => ({ name, kind: 'float' })),
    fields: columns.categorical.map(({ name }) => ({ name, kind: 'text' })),
    blocks: () => reader.blocks(columns, { badLines: { most: 0, count: 0, first: [] } }),
  };
}

async function blocks(): Promise<number> {
  let rows = 0;
  for await (const block of sourceOf().blocks()) rows += block.size;
  return rows;
}

async function prepared(): Promise<number> {
  const cache = mkdtempSync(join(tmpdir(), 'embed-bench-'));
  try {
    const data = await openCached({
      cache,
      dataset: 'parquet',
      key: { path },
      settings: defaultSettings,
      maxBadLines: 0,
      source: sourceOf,
    });
    data.close();
    return data.rows.train + data.rows.validation + data.rows.test;
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

const [start, cpu] = [performance.now(), process.cpuUsage()];
void (what === 'prepare' ? prepared() : blocks()).then((rows) => {
  const { user, system } = process.cpuUsage(cpu);
  const peak = process.resourceUsage().maxRSS / 1e3;
  console.log(rows, (performance.now() - start) / 1000, (user + system) / 1e6, peak);
});
