import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { getOneMessage, sendMessage } from 'execa';
import { backends } from '../../backends/index.ts';
import { findNamed } from '../../base/find-named.ts';
import { datasets, openDataset } from '../../datasets/index.ts';
import { loadUsed } from '../../plugins/index.ts';
import type { PlanningMessage, ToPlan } from '../running/plan-process.ts';
import { trainedPart } from '../stages/trained-part.ts';
import { neededBytes } from './plan/needed-bytes.ts';
import type { Planned } from './plan/needs.ts';

/** The process that estimates the memory of runs before a plan is submitted. */

const send = (message: PlanningMessage<Planned>) => sendMessage({ ...message });

/** Without it the garbage of one plan would count as memory of the next. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

async function answer(): Promise<void> {
  const { jobs, dataset, request, plugins } = (await getOneMessage()) as unknown as ToPlan;
  process.on('disconnect', () => process.exit(1));
  await loadUsed(plugins);
  const [{ backend: name, threads }] = jobs;
  const backend = await findNamed(backends, 'backend', name).open({ threads });
  const data = await openDataset(findNamed(datasets, 'data set', dataset), request);
  await send({ type: 'begun' });
  const collect = garbageCollector();
  for (const job of jobs) {
    const part = trainedPart(job, data);
    collect();
    const bytes = neededBytes(job, data, backend);
    await send({ type: 'planned', found: { bytes, ...(part !== undefined && { part }) } });
  }
  data.close();
  process.removeAllListeners('disconnect');
  process.disconnect();
}

void answer();
