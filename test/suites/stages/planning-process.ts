import { getOneMessage, sendMessage } from 'execa';
import type { ToPlan } from '../../../suites/running/plan-process.ts';

/** Stands in for the process that plans: the names of methods say how a plan ends. */
const { jobs, dataset } = (await getOneMessage()) as unknown as ToPlan;
if (dataset === 'gone') process.exit(1);
await sendMessage({ type: 'begun' });
for (const { method } of jobs) {
  if (method === 'leaves') process.exit(7);
  if (method === 'is-killed') process.kill(process.pid, 'SIGKILL');
  await sendMessage({ type: 'planned', found: `part of ${method}` });
}
process.disconnect();
