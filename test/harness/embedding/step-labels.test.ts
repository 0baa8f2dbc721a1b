import { describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { native } from '../../../backends/native/index.ts';
import type { Backend } from '../../../harness/contract/backend.ts';
import { labelsOfCells } from '../../../harness/contract/further-values.ts';
import type { Plan } from '../../../harness/contract/method.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import { runStages } from '../../../harness/training/stages/run-stages.ts';
import { fullTable } from '../../../methods/shared/rows/full-table.ts';
import { smallData } from '../../small-data.ts';

/** Labels reach what a plan does after a step, on the tape and where steps are replayed. */

const data = smallData(1, [3, 40, 50]);
const settings = { dim: 4, optimizer: 'adagrad', learningRate: 0.05, batchSize: 50, epochs: 1, order: 'log', seed: 3 } as const; // prettier-ignore
const { usable } = await native.probe();

describe.each<Backend>([cpu, ...(usable ? [native] : [])])('$name', (backend) => {
  test('tells the labels of the samples of a batch', async () => {
    const { table, vectors } = fullTable(data, 4);
    const found: number[][] = [];
    const plan: Plan = {
      tables: [table],
      choices: {},
      embed: (lookup) => vectors(lookup),
      afterStep: ({ labels, ids }) => {
        const cells = labels!();
        expect(cells).toHaveLength(ids.length);
        found.push([...cells]);
      },
    };
    const { trainer, costs } = await runStages(data, plan, dlrm, await backend.open({}), { ...settings, modelOptions: { bottom: [8], top: [8] } }); // prettier-ignore
    const expected = [...data.batches('train', { batchSize: 50 })].map(({ labels }) => [...labels].flatMap((label) => [label, label, label])); // prettier-ignore
    expect(found).toEqual(expected);
    if (backend === native) expect(costs[0].replay?.steps).toBeGreaterThan(0);
    trainer.dispose();
  });
});

test('a further value has the label of its sample, a cell that fills a row that of the one it repeats', () => {
  const further = {
    rows: 3,
    fields: [{ field: 1, pool: 'sum' as const, samples: Uint32Array.from([1, 1]) }],
  };
  const cells = labelsOfCells(Float32Array.from([0, 1]), { size: 2, further }, 2);
  expect([...cells]).toEqual([0, 0, 1, 1, 0, 1, 1, 1, 0, 0]);
  expect([...labelsOfCells(Float32Array.from([1, 0]), { size: 2 }, 2)]).toEqual([1, 1, 0, 0]);
});
