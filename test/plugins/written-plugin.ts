import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Writes files into a new folder, which is gone after the test, and returns it. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'embed-bench-plugin-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) writeIn(folder, path, text);
  return folder;
}

export function writeIn(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** A plug-in in JavaScript whose method has one row for each field, scaled by `scale` in its code. */
export const oneRowMethod = (name: string, { scale = 1, aliases = [] as string[] } = {}): string => `
import { idInit, tf, withinBudget, z } from 'embed-bench/method';
const method = {
  name: '${name}', aliases: ${JSON.stringify(aliases)}, title: 'One row', idea: 'all ids of a field share one row',
  paper: { cite: 'none', url: 'https://example.org' }, departures: [], options: z.strictObject({}),
  plan({ fields, dim, budget }) {
    const table = { width: dim, parts: fields.map(({ cardinality }) => ({ rows: 1, init: idInit(cardinality) })) };
    const firsts = fields.map((_, f) => f);
    const embed = (lookup) => tf.mul(lookup.rows(table, lookup.ids.mod(fields.map(() => 1)).plus(firsts)), ${scale});
    return withinBudget({ tables: [table], choices: {}, embed }, budget, 'one row per field');
  },
};
export const methods = [method];
`;
