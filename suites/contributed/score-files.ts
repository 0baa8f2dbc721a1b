import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PreparedData } from '../../datasets/index.ts';
import type { CompletedRun, RunRecord } from '../../results/record.ts';
import { readTestScores } from '../../results/test-scores.ts';
import { atRun, type Problem } from './problem.ts';
import type { ContributedFolder } from './read-folder.ts';
import { qualityProblems, testPartOf } from './recomputed-scores.ts';

const labelsName = 'labels.u8';

/** The largest scores, in bytes, that a folder is to have: a repository keeps them. */
const mostBytes = 20e6;

/** True if a contributed folder has the scores of its runs: rows are generated, so that labels are nobody's, and few enough. */
export function carriesScores(runs: readonly RunRecord[], testRows: number, generated: boolean): boolean {
  return generated && 4 * testRows * completedOf(runs).length <= mostBytes;
}

export interface ScoresKnown {
  readonly data: PreparedData | undefined;
  readonly generated: boolean;
  /** A recording whose scores stand for those that the folder may not have. */
  readonly scoresIn?: string | undefined;
}

/**
 * The problems of scores. The folder is to have those of generated rows. Labels of a log are a column of its rows: its scores are read
 * where they were made, and nowhere else.
 */
export function scoreProblems(
  { directory, environment, runs }: ContributedFolder,
  { data, generated, scoresIn }: ScoresKnown,
): { problems: Problem[]; notes: string[]; scored: number } {
  const { name, rows } = environment!.data!;
  const completed = completedOf(runs);
  const carried = carriesScores(runs, rows.test, generated);
  const problems = strangeScores(directory, generated ? completed : undefined, name);
  const scores = readTestScores(carried ? directory : (scoresIn ?? directory), rows.test);
  if (scores === undefined && carried)
    problems.push({ where: 'scores', what: 'scores of the test rows are missing: record with --scores' });
  if (scores === undefined)
    return {
      problems,
      notes: [`quality is not computed by scores: there are none of ${name} here`],
      scored: 0,
    };
  if (data !== undefined && data.labels('test').some((label, row) => label !== scores.labels[row]))
    problems.push({ where: `scores/${labelsName}`, what: 'are not the labels of the data' });
  const part = data === undefined ? { labels: scores.labels } : testPartOf(data);
  let scored = 0;
  for (const run of completed) {
    const own = scores.of(run.id);
    if (own === undefined && carried) problems.push(atRun(run.id, 'its scores of the test rows are missing'));
    if (own === undefined) continue;
    problems.push(...qualityProblems(run, own, part).map((what) => atRun(run.id, what)));
    scored++;
  }
  return { problems, notes: [], scored };
}

/** Files in `scores/` that should not be there; `completed` are the runs that may have one, undefined if none may. */
function strangeScores(
  directory: string,
  completed: readonly CompletedRun[] | undefined,
  log: string,
): Problem[] {
  const folder = join(directory, 'scores');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  if (completed === undefined && names.length > 0)
    return [{ where: 'scores', what: `labels of ${log} are rows of a log, and may not be published: remove the folder` }]; // prettier-ignore
  const wanted = new Set([labelsName, ...(completed ?? []).map(({ id }) => `${id}.f32`)]);
  const strange = names.filter((name) => !wanted.has(name));
  return strange.map((name) => ({ where: `scores/${name}`, what: 'is of no completed run: remove it' }));
}

const completedOf = (runs: readonly RunRecord[]) =>
  runs.filter((run): run is CompletedRun => run.status === 'completed');
