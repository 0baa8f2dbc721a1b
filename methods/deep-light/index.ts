import { z } from 'zod';
import type { Method } from '../../harness/contract/method.ts';
import { tableFloats } from '../../harness/contract/table-shape.ts';
import { pruneInPlace } from './prune-in-place.ts';
import { keepZeros, planSparse } from '../shared/pruning/sparse-rows.ts';

const options = z
  .strictObject({
    warmUp: z.number().min(0).max(1).default(0.2).describe('share of the run before floats are dropped'),
    frozen: z
      .number()
      .min(0)
      .max(1)
      .default(0.2)
      .describe('share of the run after the last pruning: what is zero then stays zero'),
    prunings: z
      .int()
      .min(1)
      .default(5)
      .describe(
        'number of prunings, evenly spaced between the two; the paper has one every 10 steps, but each goes over the whole table, and the optimizer forgets the rows it changes',
      ),
    rest: z
      .number()
      .gt(0)
      .lt(1)
      .default(0.01)
      .describe('share of the dropped floats that the schedule leaves to the last pruning'),
  })
  .refine(({ warmUp, frozen }) => warmUp + frozen <= 1, 'warmUp and frozen are more than the run together');

export const deepLight: Method<z.infer<typeof options>> = {
  name: 'deep-light',
  aliases: ['deeplight'],
  title: 'DeepLight',
  idea: 'while a full table is trained, ever more of its smallest floats are set to zero, fast at first',
  formula: 'E(i)ⱼ = T[i]ⱼ where |T[i]ⱼ| ≥ τ(t), else 0; the threshold rises from step to step',
  paper: {
    cite: 'Deng et al., DeepLight: Deep Lightweight Feature Interactions for Accelerating CTR Predictions in Ad Serving, WSDM 2021',
    url: 'https://arxiv.org/abs/2002.06987',
  },
  departures: [
    {
      what: 'embedding tables alone are pruned',
      why: 'the paper also prunes the network and its matrix of fields for speed, which are outside of the budget here',
    },
    {
      what: 'there are 5 prunings, evenly spaced',
      why: 'the paper has one every 10 steps; prunings=8 is that on 34,000 rows; its effect on AUC is +0.0011 ± 0.0027 at 16x, −0.0007 ± 0.0020 at 64x on planted clicks; −0.0014 ± 0.0026 at 16x, −0.0018 ± 0.0039 at 64x on the Criteo sample',
    },
    {
      what: 'the schedule ends: it leaves a hundredth of what is to go to its last pruning',
      why: "the authors' share of zeros is 1 - .99^(n / 100) of the asked one after n steps, which nears it over epochs",
    },
    {
      what: 'the optimizer forgets the rows that a pruning changes',
      why: "it is the rule of all rows that are written here; the authors' code keeps their moments; not measured",
    },
    {
      what: 'what is zero after the last pruning stays zero',
      why: 'the paper lets floats grow again, so that the density at the end is not the one asked for',
    },
    {
      what: 'the warm-up is a fifth of the run',
      why: 'the paper trains two epochs before, and one epoch is the protocol here',
    },
  ],
  family: 'pruning and search',
  cost: 'upkeep',
  options,
  plan(layer, { warmUp, frozen, prunings, rest }) {
    return planSparse(layer, ({ served, nonZeros, vectors }) => {
      const floats = tableFloats(served);
      const phases = (steps: number) => {
        const first = Math.floor(warmUp * steps);
        return { first, last: Math.max(first + 1, Math.floor((1 - frozen) * steps)) };
      };
      return {
        tables: [served],
        choices: { density: nonZeros / floats },
        embed(lookup) {
          const rows = vectors(lookup, served);
          const { training } = lookup;
          // Dropped floats may grow again until the next pruning; after the last one they stay zero.
          return training?.reached(phases(training.steps).last) ? keepZeros(rows) : rows;
        },
        memory: 'nothing',
        async afterStep({ index, steps, ...access }) {
          const done = prunedAfter(index + 1, phases(steps), prunings);
          if (done <= prunedAfter(index, phases(steps), prunings)) return;
          const dropped = droppedShare(done / prunings, rest);
          await pruneInPlace(access, served, Math.floor(floats - dropped * (floats - nonZeros)));
        },
      };
    });
  },
};

/**
 * Number of prunings after `steps` steps of the run: the first comes after step `first`, the last one after step `last`. None in a run
 * without an end, as steps are timed.
 */
export function prunedAfter(
  steps: number,
  { first, last }: { readonly first: number; readonly last: number },
  prunings: number,
): number {
  if (first === Infinity) return 0;
  return Math.floor(prunings * Math.min(1, Math.max(0, (steps - first) / (last - first))));
}

/**
 * Share of what is to go that is gone: the paper's 1 - D^(n / Omega) with D^(1 / Omega) such that the schedule has left
 * `rest` when it ends, where the last pruning takes that too.
 */
export function droppedShare(progress: number, rest: number): number {
  return progress === 1 ? 1 : 1 - rest ** progress;
}
