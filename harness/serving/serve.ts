import type { OpenBackend } from '../contract/backend.ts';
import type { Plan } from '../contract/method.ts';
import { sizeOf } from '../contract/size.ts';
import { optimizers } from '../optimizers/index.ts';
import { loadServing, saveServing, servedBytes } from './served-layer.ts';
import { Trainer } from '../training/trainer.ts';

/**
 * The last stage as it is served. Where tables are stored otherwise than they are trained, what answers lookups is what
 * is stored, and the trained form is disposed. Throws where that is more than `first`, the plan of the first stage, said.
 */
export async function serve(trainer: Trainer, first: Plan, backend: OpenBackend): Promise<Trainer> {
  const { embedding, network } = trainer;
  const { plan } = embedding;
  const [stored, promised] = [sizeOf(plan).servingBytes, sizeOf(first).servingBytes];
  if (stored > promised) throw new Error(`the last stage serves ${stored} bytes, the plan said ${promised}`);
  if (plan.tables.every(({ stored }) => stored === undefined)) return trainer;
  const saved = await saveServing(embedding);
  if (servedBytes(saved) !== stored)
    throw new Error(`${servedBytes(saved)} bytes are served, ${stored} were counted`);
  trainer.dispose({ network: false });
  return new Trainer(loadServing(plan, saved, backend), network, optimizers.sgd);
}
