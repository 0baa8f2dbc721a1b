import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../base/user-error.ts';
import { copyPrepared, sealOfPrepared } from '../../../datasets/index.ts';
import { diskFault } from '../../../files/disk-fault.ts';
import type { PreparedLog } from '../../running/plan-process.ts';
import { loadsFurtherModules } from '../../stages/code-identity.ts';
import type { SharedStages } from '../../stages/shared-stages.ts';
import { clearShelf } from '../../stages/shelf-room.ts';
import { sharesIn } from '../plan/needs.ts';
import type { Plan } from '../plan/plan-file.ts';

/** The data of a task, and the stages that its runs share with others of the node. */
export interface OnNode {
  readonly log: PreparedLog;
  readonly stages?: SharedStages;
  close(): void;
}

export interface Scratch {
  /** A folder on the node's own disk. */
  readonly scratch?: string;
  readonly say?: (line: string) => void;
}

/**
 * Finds the prepared data of a plan on this node, and verifies them once for all runs of the task. With a folder on the node's own disk, they are
 * copied there, and stages are kept there: the locks of that are between processes of one machine. Both stay for later tasks of
 * the node. Data are never prepared here: tasks would do so all at once. Throws a UserError if they are missing or damaged.
 */
export async function onNode(plan: Plan, { scratch, say }: Scratch): Promise<OnNode> {
  const { preparedIn, log } = plan;
  if (preparedIn === undefined) return { log, close() {} };
  if (!existsSync(preparedIn))
    throw new UserError(
      `${preparedIn}: this node does not see the prepared data; put --cache on a disk that all nodes see, and plan again`,
    );
  const sealed = (directory: string, cache = log.request.cache): PreparedLog => ({
    ...log,
    request: { ...log.request, cache, verifiedSeal: sealOfPrepared(directory) },
  });
  if (scratch === undefined) return { log: sealed(preparedIn), close() {} };
  const folder = join(expanded(scratch), 'embed-bench');
  const cache = join(folder, 'cache');
  const stages = stagesIn(join(folder, 'stages'), plan);
  const close = () => stages && clearShelf(stages.shelf.folder);
  try {
    const directory = await copyPrepared(preparedIn, cache);
    return { log: sealed(directory, cache), ...(stages && { stages }), close };
  } catch (error) {
    const problem = error instanceof UserError ? error : diskFault(error, cache);
    if (problem === undefined) throw error;
    say?.(`--scratch: the data are read where they are (${problem.message})`);
    return { log: sealed(preparedIn), ...(stages && { stages }), close };
  }
}

/** Jobs of other tasks of this node count: they may have trained the stage, or ask for it later. */
function stagesIn(folder: string, plan: Plan): SharedStages | undefined {
  const { stageBytes = 0 } = plan;
  if (stageBytes === 0 || loadsFurtherModules()) return undefined;
  clearShelf(folder);
  return { shelf: { folder, limit: stageBytes }, groupOf: sharesIn(plan) };
}

/** The path with variables of this node's environment, such as Slurm's and TMPDIR, in it. */
export function expanded(path: string): string {
  return path.replace(/\$(?:(\w+)|\{(\w+)\})/g, (_, plain?: string, braced?: string) => {
    const name = (plain ?? braced)!;
    const value = process.env[name];
    if (!value) throw new UserError(`--scratch ${path}: ${name} is not set on this node; name a folder`);
    return value;
  });
}
