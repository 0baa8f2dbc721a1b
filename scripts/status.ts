import { resolve } from 'node:path';
import { plural } from '../base/plural.ts';
import { type Queued } from '../suites/cluster/slurm/slurm.ts';
import { statusOf } from '../suites/cluster/records/status.ts';
import { verb } from './options/verb.ts';
import { main } from './terminal/main.ts';
import { print, printJson } from './terminal/printed.ts';

const command = verb('status', '<plan> [options]')
  .description(
    "Says what a plan has and what is missing, from its records alone; Slurm's queue stands beside it. Exit code 1 if a run is missing.",
  )
  .argument('<plan>', 'folder of the plan')
  .option('--json', 'one JSON object on stdout');

/** Runs that are named; more are counted. */
const shown = 10;

export const ended = main(async () => {
  const [folder] = command.parse().args;
  const { results, unmerged, missing, later, queue } = await statusOf(resolve(folder));
  if (command.opts<{ json?: true }>().json) {
    printJson({ results: Object.fromEntries(results), unmerged, missing, later, queue });
    return missing.length > 0 ? 1 : 0;
  }
  const counts = [...results].map(([status, count]) => `${count} ${status}`);
  const rest = missing.length - shown;
  print(
    [
      `runs: ${counts.join(', ') || 'none has a result'}${unmerged > 0 ? `; ${unmerged} not merged yet` : ''}`,
      ...(missing.length === 0
        ? ['missing: none']
        : [`missing: ${missing.length}${later > 0 ? `, and about ${later} after them` : ''}`]),
      ...missing
        .slice(0, shown)
        .map(({ id, title, killed }) => `  ${id}  ${title}${killed ? ` (killed ${killed})` : ''}`),
      ...(rest > 0 ? [`  and ${plural(rest, 'more run')}`] : []),
      ...(missing.some(({ killed }) => killed)
        ? ["killed for memory: ask for more, npm run resubmit -- FOLDER --slurm '--mem=...'"]
        : []),
      `queue: ${typeof queue === 'string' ? `unknown: ${queue}` : queueText(queue)}`,
    ].join('\n'),
  );
  return missing.length > 0 ? 1 : 0;
});

/** `3 RUNNING, 12 PENDING (Dependency)` */
function queueText(queue: readonly Queued[]): string {
  const counts = new Map<string, number>();
  for (const { state, reason } of queue) {
    const text = reason === 'None' || reason === '' ? state : `${state} (${reason})`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => `${count} ${text}`).join(', ') || 'empty';
}
