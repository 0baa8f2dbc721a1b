import { getOneMessage, sendMessage } from 'execa';
import { findNamed } from '../../base/find-named.ts';
import { datasets, openDataset } from '../../datasets/index.ts';
import { loadUsed } from '../../plugins/index.ts';
import type { PlanningMessage, ToPlan } from '../running/plan-process.ts';
import { trainedPart } from './trained-part.ts';

/** The process that makes the plans of a comparison, to find which of them train the same: a plan that ends it ends nothing else. */

const send = (message: PlanningMessage<string>) => sendMessage({ ...message });

async function answer(): Promise<void> {
  const { jobs, dataset, request, plugins } = (await getOneMessage()) as unknown as ToPlan;
  process.on('disconnect', () => process.exit(1));
  await loadUsed(plugins);
  const data = await openDataset(findNamed(datasets, 'data set', dataset), request);
  await send({ type: 'begun' });
  for (const job of jobs) {
    const found = trainedPart(job, data);
    await send({ type: 'planned', ...(found !== undefined && { found }) });
  }
  data.close();
  process.removeAllListeners('disconnect');
  process.disconnect();
}

void answer();
