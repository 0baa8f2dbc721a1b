import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { findNamed } from '../../base/find-named.ts';
import { datasets } from '../../datasets/index.ts';
import { makeFolder, removeFolders } from '../../files/folders.ts';
import { writeWhole } from '../../files/whole-file.ts';
import { writeContribution } from '../../results/contribution.ts';
import { replaceEnvironment } from '../../results/environment-file.ts';
import { sealedLine } from '../../results/sealed-line.ts';
import { readRecording } from '../../results/store.ts';
import { carriesScores } from './score-files.ts';
import { checkContribution, type Checked, type Checking } from './check-contribution.ts';
import { folderName } from './environment-problems.ts';

/** `2026-12-01-my-log`: a recording's own name, with the day of its command before it unless it has one. */
export function nameFor(directory: string, createdAt: string): string {
  const own = basename(directory)
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[-.]+/, '');
  return folderName.test(own) ? own : `${createdAt.slice(0, 10)}-${own}`;
}

/**
 * Lays a recording out as `<out>/<name>`, and checks it there as everybody will. The folder is removed where a problem is found.
 * Throws a UserError if there is no such recording, or the folder is there.
 */
export async function layOut(
  directory: string,
  { out, name: asked }: { readonly out: string; readonly name?: string },
  checking: Omit<Checking, 'madeOf'>,
): Promise<Checked> {
  const { environment, runs } = readRecording(directory);
  const { data } = environment;
  if (data === undefined || runs.length === 0)
    throw new UserError(`${directory}: holds no training runs, and speeds of other machines are not taken`);
  const name = asked ?? nameFor(directory, environment.createdAt);
  if (!folderName.test(name))
    throw new UserError(`--name ${name}: give a day and small letters, such as 2026-12-01-my-log`);
  const folder = join(out, name);
  if (existsSync(folder))
    throw new UserError(`${folder}: is there already; remove it, or choose another --name`);
  const made = makeFolder(folder, { otherwise: 'choose another --out' });
  let kept = false;
  try {
    replaceEnvironment(folder, { ...environment, recording: name });
    const lines = runs.map((run) => `${sealedLine({ ...run, recording: name })}\n`);
    writeWhole(join(folder, 'runs.jsonl'), lines.join(''));
    const noise = join(directory, 'row-noise.jsonl');
    if (existsSync(noise)) copyFileSync(noise, join(folder, 'row-noise.jsonl'));
    writeContribution(folder, { kind: 'contribution', version: 1, runs: runs.length, scored: 0, planned: 0 });
    const { dataset } = await checking.settingsOf({ ...environment, data, backend: environment.backend! });
    const { generated = false } = findNamed(datasets, 'data set', dataset);
    if (carriesScores(runs, data.rows.test, generated)) copyScores(directory, folder, runs);
    const checked = await checkContribution(folder, { ...checking, madeOf: directory });
    const { scored, planned } = checked;
    writeContribution(folder, { kind: 'contribution', version: 1, runs: runs.length, scored, planned });
    kept = checked.problems.length === 0;
    return checked;
  } finally {
    if (!kept) {
      rmSync(folder, { recursive: true });
      removeFolders(made.slice(1));
    }
  }
}

function copyScores(directory: string, folder: string, runs: readonly { readonly id: string }[]): void {
  makeFolder(join(folder, 'scores'));
  for (const name of ['labels.u8', ...runs.map(({ id }) => `${id}.f32`)]) {
    const from = join(directory, 'scores', name);
    if (existsSync(from)) copyFileSync(from, join(folder, 'scores', name));
  }
}
