import { join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { plural } from '../../base/plural.ts';
import { shellWord } from '../../base/shell-word.ts';
import { UserError } from '../../base/user-error.ts';
import type { KubernetesOptions } from '../../suites/cluster/kubernetes/kubernetes-options.ts';
import { type Asked, selectorOf, submitAsFile } from '../../suites/cluster/kubernetes/submit-as-file.ts';
import { print } from '../terminal/printed.ts';

/** The options of a submission that another program carries out, as commander reads them. */
export interface FileFlags {
  readonly commands?: true;
  readonly kubernetes?: true;
  readonly image?: string;
  readonly claim?: string;
  readonly namespace?: string;
  readonly nodeMemory?: number;
}

export function addFileOptions(command: Command): Command {
  return command
    .option(
      '--commands',
      'a file with the command of a task in every line, in place of jobs of Slurm: for xargs or parallel',
    )
    .option('--kubernetes', 'a manifest of Indexed Jobs for kubectl, in place of jobs of Slurm')
    .option('--image <name:tag>', 'with --kubernetes: the image that the Containerfile builds')
    .option(
      '--claim <name:path>',
      'with --kubernetes: a volume that all nodes can write, and its path, that which the plan was made with',
    )
    .option('--namespace <name>', "with --kubernetes: the Jobs' namespace (default: that of kubectl)")
    .option(
      '--node-memory <gb>',
      'with --kubernetes: GB that the largest node gives to a pod; runs that take more are recorded as too large',
      gigabytes,
    );
}

function gigabytes(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value))
    throw new UserError(`--node-memory ${text}: not a number of GB above 0`);
  return value;
}

/** The options for Kubernetes, those of an earlier submission where none is given; undefined if they are for Slurm. Throws a UserError. */
export function kubernetesOf(
  { kubernetes, commands, ...flags }: FileFlags,
  slurm: string | undefined,
  before?: KubernetesOptions,
): KubernetesOptions | undefined {
  if ([kubernetes ?? before, commands, slurm].filter((one) => one !== undefined).length > 1)
    throw new UserError('one of --slurm, --kubernetes and --commands');
  const given = Object.entries(flags).find(([, value]) => value !== undefined)?.[0];
  if (!kubernetes && before === undefined) {
    if (given !== undefined) throw new UserError(`--${dashed(given)}: that is for --kubernetes`);
    return undefined;
  }
  const [, claim, mount = ''] = /^([^:]*)(?::(.*))?$/.exec(flags.claim ?? '') ?? [];
  const { image = before?.image, namespace = before?.namespace, nodeMemory } = flags;
  const volume = flags.claim === undefined ? before : { claim, mount };
  if (image === undefined || volume === undefined)
    throw new UserError(
      `--kubernetes: ${image === undefined ? '--image NAME:TAG' : '--claim NAME:PATH'} is missing (docs/cluster.md)`,
    );
  const nodeMegabytes =
    nodeMemory === undefined ? before?.nodeMegabytes : Math.floor((nodeMemory * 1e9) / 2 ** 20);
  return {
    ...{ image, claim: volume.claim, mount: volume.mount },
    ...(namespace !== undefined && { namespace }),
    ...(nodeMegabytes !== undefined && { nodeMegabytes }),
  };
}

const dashed = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Writes what waits to a file, and says what to do with it. */
export async function submitToFile(
  folder: string,
  asked: Asked,
  goneHosts?: readonly string[],
): Promise<number> {
  const directory = resolve(folder);
  const done = await submitAsFile(directory, asked, goneHosts);
  const pods = asked.kubernetes && `kubectl get jobs -l ${selectorOf(directory)}`;
  const shown = (file: string) => join(folder, relative(directory, file));
  switch (done.type) {
    case 'complete':
      print(
        `nothing to submit: all ${plural(done.runs, 'run')} are recorded` +
          (done.failed === 0
            ? ''
            : `, ${done.failed} of them as failed or too large; npm run resubmit -- ${shellWord(folder)} tries these again`),
      );
      return 0;
    case 'open':
      print(
        `nothing written: ${plural(done.runs, 'run')} of ${shown(done.file)} ${done.runs === 1 ? 'has' : 'have'} no record; ` +
          `wait for its tasks${pods === undefined ? '' : ` (${pods})`}, or, if they ended, npm run resubmit -- ${shellWord(folder)}`,
      );
      return 0;
    case 'written': {
      const file = shown(done.file);
      print(
        [
          `${pods === undefined ? 'commands' : 'manifest'}: ${file}`,
          `runs: ${done.runs} that can run now${done.later > 0 ? `, about ${done.later} after them` : ''}; ${plural(done.tasks, 'task')}${done.jobs === 0 ? '' : ` in ${plural(done.jobs, 'Job')}`}`,
          `next: ${pods === undefined ? `tr '\\n' '\\0' < ${shellWord(file)} | xargs -0 -n 1 -P 4 sh -c` : `kubectl apply -f ${shellWord(file)}`}`,
          `then, when all tasks ended${pods === undefined ? '' : ` (${pods})`}: the same submit merges, and writes what follows`,
        ].join('\n'),
      );
      return 0;
    }
  }
}
