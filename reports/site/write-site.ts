import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { writing } from '../../files/disk-fault.ts';
import { makeFolder, removeFolders } from '../../files/folders.ts';
import { removeLeftover } from '../../files/whole-file.ts';
import { UserError } from '../../base/user-error.ts';
import { shortened } from '../../base/shortened.ts';
import { readRecording } from '../../results/store.ts';
import type { Published } from '../../analysis/leaderboards/same-data.ts';
import type { LeftOut } from './published.ts';
import { renderSite } from './site.ts';

/** A recording is published if the name of its folder begins with a date. */
const dated = /^20\d\d-\d\d-\d\d-./;
const records = ['runs.jsonl', 'throughput.jsonl'];
const copied = [
  ...[...records, 'checks.jsonl', 'environment.json', 'row-noise.jsonl'],
  ...['contribution.json', 'verified.jsonl'],
];

/**
 * Builds the site of all published recordings in a folder: dated folders with records. `out` is replaced whole or not at
 * all. Returns the number of its recordings and pages, and the recordings left out because they cannot be read or
 * drawn. Throws a UserError if there is none at all, or where `out` holds something else than a site.
 */
export async function writeSite(
  results: string,
  out: string,
  margin?: number,
): Promise<{ recordings: number; pages: number; leftOut: readonly LeftOut[] }> {
  requireReplaceable(out);
  const { read, unread } = readPublished(results);
  if (read.length + unread.length === 0)
    throw new UserError(
      `${results}: no published recordings; those are folders with a date, such as 2026-11-23-planted, ` +
        `that hold environment.json and runs.jsonl or throughput.jsonl`,
    );
  const filesOf = ({ folder }: Published) => copied.filter((name) => existsSync(join(results, folder, name)));
  const { pages, published, leftOut } = await renderSite(read, filesOf, unread, margin);
  if (published.length === 0) {
    const [{ folder, problem }] = leftOut;
    throw new UserError(`${results}: no published recording can be read: ${folder}: ${problem}`);
  }
  replaceFolder(out, (folder) => {
    for (const [path, html] of pages) {
      makeFolder(dirname(join(folder, path)));
      writeFileSync(join(folder, path), html);
    }
    for (const one of published)
      for (const name of filesOf(one))
        copyFileSync(join(results, one.folder, name), join(folder, 'recordings', one.folder, name));
  });
  return { recordings: published.length, pages: pages.size, leftOut };
}

function readPublished(results: string): { read: Published[]; unread: LeftOut[] } {
  const read: Published[] = [];
  const unread: LeftOut[] = [];
  for (const folder of datedFolders(results)) {
    try {
      read.push({ folder, recording: readRecording(join(results, folder)) });
    } catch (error) {
      // The page is for readers elsewhere: paths begin with the recording.
      const problem = (error as Error).message.replaceAll(join(results, folder), folder);
      unread.push({ folder, problem: shortened(problem) });
    }
  }
  return { read, unread };
}

function datedFolders(results: string): string[] {
  if (!existsSync(results)) return [];
  return readdirSync(results)
    .filter((folder) => dated.test(folder))
    .filter((folder) => records.some((name) => existsSync(join(results, folder, name))))
    .filter((folder) => existsSync(join(results, folder, 'environment.json')))
    .sort();
}

/** Throws a UserError rather than let a folder be deleted that this did not write. */
function requireReplaceable(out: string): void {
  if (!existsSync(out)) return;
  if (!statSync(out).isDirectory()) throw new UserError(`${out}: is a file; choose another --out`);
  if (readdirSync(out).length === 0) return;
  const index = join(out, 'index.html');
  if (existsSync(index) && readFileSync(index, 'utf8').includes('content="embed-bench site"')) return;
  throw new UserError(`${out}: holds something else than a site of this project; choose another --out`);
}

/** A reader finds the old folder or the new one; what fails on the way leaves the old one. */
function replaceFolder(out: string, fill: (folder: string) => void): void {
  const place = resolve(out);
  const [next, before] = [`${place}.${process.pid}.tmp`, `${place}.${process.pid}.old.tmp`];
  const advice = { otherwise: 'choose another --out' };
  const above = makeFolder(dirname(place), advice);
  try {
    writing(
      out,
      () => {
        mkdirSync(next);
        fill(next);
        if (existsSync(place)) renameSync(place, before);
        renameSync(next, place);
      },
      advice,
    );
  } finally {
    if (!existsSync(place) && existsSync(before)) renameSync(before, place);
    for (const leftover of [next, before]) removeLeftover(leftover);
    if (!existsSync(place)) removeFolders(above);
  }
}
