import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNamed } from '../../base/find-named.ts';
import { datasets, defaultSettings, openDataset, rawLog } from '../../datasets/index.ts';

/**
 * Our half of text.ts and parquet.ts, `read-log.ts blocks|prepare DATASET OPTIONS`, options as JSON: prints rows, seconds, CPU seconds and the peak of
 * memory in MB.
 */

const [what, name, written] = process.argv.slice(2);
const dataset = findNamed(datasets, 'data set', name);
const options = JSON.parse(written) as Record<string, unknown>;

async function blocks(): Promise<number> {
  let rows = 0;
  for await (const block of rawLog(dataset, options)
    .source(() => undefined)
    .blocks())
    rows += block.size;
  return rows;
}

async function prepared(): Promise<number> {
  const cache = mkdtempSync(join(tmpdir(), 'embed-bench-'));
  try {
    const data = await openDataset(dataset, { ...defaultSettings, options, cache });
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
