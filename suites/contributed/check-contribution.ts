import { UserError } from '../../base/user-error.ts';
import { findNamed } from '../../base/find-named.ts';
import { canonicalJson } from '../../base/canonical-json.ts';
import { datasets, openDataset, recordedFacts, type PreparedData } from '../../datasets/index.ts';
import type { TrainingEnvironment } from '../../results/environment.ts';
import type { RunRecord } from '../../results/record.ts';
import type { Job } from '../job.ts';
import type { ComparisonSettings } from '../settings.ts';
import { copiedRuns } from './copied-runs.ts';
import { environmentProblems, foreignRuns } from './environment-problems.ts';
import { commandRuns } from './of-command.ts';
import { atRun, type Problem } from './problem.ts';
import { type ContributedFolder, readFolder } from './read-folder.ts';
import { jobOf } from '../recomputed-job.ts';
import { ratioProblems, sizeProblems } from './recomputed-sizes.ts';
import { scoreProblems } from './score-files.ts';

export interface Checking {
  /** The settings of the command of a recording. Throws a UserError if it is no command of bench. */
  settingsOf(environment: TrainingEnvironment): Promise<ComparisonSettings>;
  /** True to make the rows of generated data again, and to read those of a log that is here. */
  readonly rows: boolean;
  /** The recording that the folder was made of, with the scores of rows that may not be published. */
  readonly madeOf?: string;
  /** True for maintainers: the folder may say what was run again. */
  readonly verified?: boolean;
}

/** A folder with what was found out about it. */
export interface Checked extends ContributedFolder {
  /** All of them; those of the folder first. */
  readonly problems: readonly Problem[];
  /** Reasons why something could not be computed again. */
  readonly notes: readonly string[];
  /** Jobs of runs whose ids are right, by these. */
  readonly jobs: ReadonlyMap<string, Job>;
  /** Undefined if the command cannot be read. */
  readonly settings?: ComparisonSettings;
  /** Runs whose quality came out of their scores again, and whose bytes came out of their plans again. */
  readonly scored: number;
  readonly planned: number;
}

/**
 * Checks a contributed recording: its files, its environment, ids by their settings, settings by its command, bytes by plans, quality by
 * scores. Whatever is forged consistently in all of these is left to running runs again. Throws a UserError if the folder cannot be read.
 */
export async function checkContribution(directory: string, checking: Checking): Promise<Checked> {
  const folder = readFolder(directory, checking.verified);
  const { environment } = folder;
  const nothing = { notes: [], jobs: new Map<string, Job>(), scored: 0, planned: 0 };
  if (environment === undefined) return { ...folder, ...nothing };
  const early = [
    ...folder.problems,
    ...environmentProblems(environment, directory),
    ...foreignRuns(directory, environment, folder.runs),
    ...copiedRuns(folder.runs),
    ...miscounted(folder),
  ];
  if (environment.backend === undefined || environment.data === undefined) return { ...folder, ...nothing, problems: early }; // prettier-ignore
  const known = environment as TrainingEnvironment;
  let settings: ComparisonSettings;
  try {
    settings = await checking.settingsOf(known);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const what = `its command cannot be read: ${error.message}`;
    return { ...folder, ...nothing, problems: [...early, { where: 'environment.json', what }] };
  }
  const { jobs, problems: ofIds } = recomputedJobs(folder.runs, settings, known.data.fingerprint);
  const ids = known.data.facts.ids;
  const ofRatios = folder.runs.flatMap((run) =>
    ratioProblems(run, typeof ids === 'number' ? ids : undefined).map((what) => atRun(run.id, what)),
  );
  const { data, problems: ofData, notes } = await opened(known, settings, checking.rows);
  try {
    const planned = folder.runs.filter((run) => data && jobs.has(run.id) && run.status !== 'failed' && run.status !== 'too large'); // prettier-ignore
    const ofSizes = planned.flatMap((run) =>
      sizeProblems(run, jobs.get(run.id)!, data!).map((what) => atRun(run.id, what)),
    );
    const { generated = false } = findNamed(datasets, 'data set', settings.dataset);
    const scores = scoreProblems(folder, { data, generated, scoresIn: checking.madeOf });
    return {
      ...{ ...folder, jobs, settings, planned: planned.length, scored: scores.scored },
      problems: [...early, ...ofIds, ...ofRatios, ...ofData, ...ofSizes, ...scores.problems],
      notes: [...notes, ...scores.notes],
    };
  } finally {
    data?.close();
  }
}

/** Runs that were lost or added on the way. */
function miscounted({ contribution, runs }: ContributedFolder): Problem[] {
  if (contribution === undefined || contribution.runs === runs.length) return [];
  return [
    { where: 'contribution.json', what: `it is of ${contribution.runs} runs, runs.jsonl has ${runs.length}` },
  ];
}

/** The jobs of all runs whose ids are right and that the command asks for. */
function recomputedJobs(runs: readonly RunRecord[], settings: ComparisonSettings, fingerprint: string) {
  const jobs = new Map<string, Job>();
  const asked = commandRuns(settings, fingerprint);
  const problems = runs.flatMap((run) => {
    try {
      const job = jobOf(run, settings);
      if (job.id !== run.id) return [atRun(run.id, `its settings have the id ${job.id}`)];
      if (!asked(job)) return [atRun(run.id, `is no run of the command: ${run.method} at ${run.compression.requested}x with seed ${run.seed}`)]; // prettier-ignore
      jobs.set(run.id, job);
      return [];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return [atRun(run.id, error.message)];
    }
  });
  return { jobs, problems };
}

/** The data of a recording, if they can be had here: they have to be those that it names. */
async function opened(
  { data: recorded }: TrainingEnvironment,
  { dataset, request }: ComparisonSettings,
  wanted: boolean,
): Promise<{ data?: PreparedData; problems: Problem[]; notes: string[] }> {
  const source = findNamed(datasets, 'data set', dataset);
  const without = (why: string) => ({ problems: [], notes: [`bytes are not computed by plans: ${why}`] });
  if (!wanted) return without('rows were not asked for');
  let data: PreparedData;
  try {
    data = await openDataset(source, request);
  } catch (error) {
    if (!(error instanceof UserError) || source.generated) throw error;
    return without(`the rows of ${source.name} are not here (${error.message})`);
  }
  const { name, protocol, fingerprint, rows } = data;
  const { headShares, ...older } = recordedFacts(data);
  const facts = 'headShares' in recorded.facts ? { ...older, headShares } : older;
  const differing = Object.entries({ name, protocol, fingerprint, rows, facts }).filter(
    ([member, value]) => canonicalJson(value) !== canonicalJson(recorded[member as keyof typeof recorded]),
  );
  if (differing.length === 0) return { data, problems: [], notes: [] };
  data.close();
  const names = differing.map(([member]) => `data.${member}`).join(', ');
  return {
    problems: [{ where: 'environment.json', what: `${names}: the command gives other data than it says` }],
    notes: [],
  };
}
