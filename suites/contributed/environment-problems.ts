import { basename } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { requireSameData } from '../../results/environment-file.ts';
import type { Environment } from '../../results/environment.ts';
import { machinesOf, requireKnownMachine } from '../../results/hardware.ts';
import type { RunRecord } from '../../results/record.ts';
import { atRun, type Problem, problemsAt } from './problem.ts';

/** Days and a name: the site lists folders of such names. */
export const folderName = /^20\d\d-\d\d-\d\d-[a-z0-9][a-z0-9.-]*$/;

/** The problems of an environment by itself: runs that nobody can make again say nothing. */
export function environmentProblems(environment: Environment, directory: string): Problem[] {
  const { recording, commit, dirty, backend, data, throughput, plugins = [] } = environment;
  const folder = basename(directory);
  return problemsAt('environment.json', [
    ...(folderName.test(folder)
      ? []
      : [`its folder ${folder} is to have a day and a name, such as 2026-12-01-my-log`]),
    ...(recording === folder ? [] : [`it is of the recording ${recording}, the folder is ${folder}`]),
    ...(dirty === true ? ['its code had uncommitted changes: nobody can make these runs again'] : []),
    ...(commit === null || /^[0-9a-f]{40,64}$/.test(commit) ? [] : [`commit ${commit} is none`]),
    ...(backend === undefined || data === undefined
      ? ['it has no training runs: backend and data are missing']
      : []),
    ...plugins.map(({ name }) => `it has runs of the plug-in ${name}, whose code is not part of this project: contribute the method first`), // prettier-ignore
    ...(throughput === undefined ? [] : ['it has throughput: speeds of other machines are not taken']),
  ]);
}

/** The problems of runs that do not belong to their environment: other data, another backend, a machine that it does not know. */
export function foreignRuns(
  directory: string,
  environment: Environment,
  runs: readonly RunRecord[],
): Problem[] {
  const backends = new Set(machinesOf(environment).flatMap(({ backend }) => backend ?? []).map(({ name, threads }) => `${name} ${threads}`)); // prettier-ignore
  return runs.flatMap((run) => {
    const { id, recording, backend, threads } = run;
    return [
      ...refusal(id, () => requireSameData(directory, environment, run)),
      ...refusal(id, () => requireKnownMachine(environment, run)),
      ...(recording === environment.recording ? [] : [atRun(id, `is of the recording ${recording}`)]),
      ...(backends.has(`${backend} ${threads}`) ? [] : [atRun(id, `ran on ${backend} with ${threads} threads, which environment.json does not know`)]), // prettier-ignore
    ];
  });
}

function refusal(id: string, require: () => void): Problem[] {
  try {
    require();
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [atRun(id, error.message.split('; ')[0])];
  }
}
