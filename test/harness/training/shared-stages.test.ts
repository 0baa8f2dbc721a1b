import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import type { Plan } from '../../../harness/contract/method.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import { run } from '../../../harness/run.ts';
import { stageName } from '../../../harness/training/stages/stage-name.ts';
import { methods, wrappers } from '../../../methods/index.ts';
import { MemoryShelf } from './memory-shelf.ts';
import { type Asked, data, planOf, practices, smallRun, trainingOf } from './shared-training.ts';

/** Stages of equal names are the same training, and a run that is given one is the run that trains it, bit by bit. */

const backend = await cpu.open({});

const nameOf = (asked: Asked, settings: object = smallRun) => {
  const plan = planOf(asked);
  return plan && stageName(data, plan, dlrm, backend, { ...settings });
};

const ratios = [2, 3, 6];
const everything: readonly Asked[] = [
  ...methods.map(({ name }) => name),
  ...wrappers.map(({ name }) => `${name}(full)`),
  ...methods.flatMap(({ name, ignoresIds }) => (ignoresIds ? [] : [`int8(${name})`])),
].flatMap((method) => [1, ...ratios].map((ratio) => ({ method, ratio })));

/** Several budgets and methods of each name that occurs more than once. */
function namedAlike(): Map<string, Asked[]> {
  const groups = new Map<string, Asked[]>();
  for (const asked of everything) {
    const name = nameOf(asked);
    if (name !== undefined) groups.set(name, [...(groups.get(name) ?? []), asked]);
  }
  return new Map([...groups].filter(([, group]) => group.length > 1));
}

test('methods that begin with a row for every id share that, and what is stored of it', () => {
  const sharing = [...namedAlike().values()].map((group) => new Set(group.map(({ method }) => method)));
  const [full] = sharing.filter((group) => group.has('full'));
  for (const method of [
    ...['product-quantization', 'svd', 'deduplication', 'magnitude-pruning', 'leverage'],
    ...['int8(full)', 'int4(full)', 'fp16(full)', 'int8(svd)'],
  ])
    expect(full, method).toContain(method);
});

test.each(['auto-dim', 'auto-srh', 'opt-embed', 'mec'])('%s searches once for all budgets', (method) => {
  const names = new Set([2, 3].map((ratio) => nameOf({ method, ratio })));
  expect(names.size).toBe(1);
  expect(names).not.toContain(undefined);
  expect(names).not.toContain(nameOf({ method: 'full', ratio: 1 }));
});

describe('stages of one name are equal to the bit', () => {
  for (const [name, group] of namedAlike()) {
    const floatsOf = async (asked: Asked) => {
      const shelf = new MemoryShelf();
      await trainingOf(asked, smallRun, backend, shelf);
      return shelf.stages.get(name)!.floats;
    };
    const [first, ...others] = group;
    let expected: Float32Array;
    beforeAll(async () => {
      expected = await floatsOf(first);
    });
    test.each(others.filter((_, i) => i % 3 === 0))('$method at $ratio', async (asked) => {
      expect(await floatsOf(asked)).toEqual(expected);
    });
  }
});

/** Runs of which each has a stage in common with the next one. */
const continuing: readonly Asked[] = [
  { method: 'full', ratio: 1 },
  ...methods.flatMap(({ name }) => {
    const asked = { method: name, ratio: 2 };
    return nameOf(asked) !== undefined && planOf(asked)?.next ? [asked] : [];
  }),
  { method: 'int8(full)', ratio: 2 },
  { method: 'int8(svd)', ratio: 6 },
  ...['product-quantization', 'svd', 'deduplication', 'leverage'].map((method) => ({
    ...{ method, ratio: 3 },
    options: { fineTune: 0.5 },
  })),
  { method: 'magnitude-pruning', ratio: 3, options: { fineTune: 0.5, rounds: 2 } },
  { method: 'magnitude-pruning', ratio: 3, options: { fineTune: 0.5, granularity: 'row' } },
];

describe.each(practices)('a run that is given its first stage: $called', ({ called, ...practice }) => {
  const settings = { ...smallRun, ...practice };
  const some = called === 'plain' ? continuing : continuing.filter(({ options }) => options);
  test.each(some)('$method at $ratio, $options', async (asked) => {
    const shelf = new MemoryShelf();
    const trained = await trainingOf(asked, settings, backend, shelf);
    expect(shelf.given).toBe(0);
    const given = await trainingOf(asked, settings, backend, shelf);
    expect(shelf.given).toBe(1);
    expect(given).toEqual(trained);
    if (called === 'plain') expect(await trainingOf(asked, settings, backend)).toEqual(trained);
  });
});

test('the record says whose training it was, and has its cost', async () => {
  const shelf = new MemoryShelf();
  const asked = { method: 'svd', ratio: 3 };
  const [first, second] = [
    await run(data, planOf({ method: 'full', ratio: 1 })!, dlrm, backend, smallRun, { shelf }),
    await run(data, planOf(asked)!, dlrm, backend, smallRun, { shelf }),
  ];
  const [own] = first.stages;
  expect(own.shared).toBeUndefined();
  const [shared, conversion] = second.stages;
  expect(shared.shared!.run).toBe('another');
  expect(shared.shared!.seconds).toBeGreaterThan(0.5 * own.seconds);
  expect(shared.seconds).toBeGreaterThanOrEqual(shared.shared!.seconds);
  expect({ ...shared, seconds: 0, shared: undefined }).toEqual({ ...own, seconds: 0 });
  expect(conversion.shared).toBeUndefined();
  expect(second.speed.trainSamplesPerSecond).toEqual(first.speed.trainSamplesPerSecond);
  expect(second.memory.peakRssBytes).toBeGreaterThan(0);
});

test('makers of embed() are made by modules, which have nothing else to hand them than their arguments', () => {
  const root = join(import.meta.dirname, '../../../methods');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const calls = files.flatMap(
    (file) => readFileSync(join(root, file), 'utf8').match(/^.*\bknownEmbed\(.*$/gm) ?? [],
  );
  expect(calls.length).toBeGreaterThanOrEqual(6);
  for (const call of calls) expect(call).toMatch(/^const \w+ = knownEmbed\($/);
});

describe('another name', () => {
  const asked = { method: 'svd', ratio: 3 };
  const changes: readonly object[] = [
    ...[{ seed: 4 }, { learningRate: 0.04 }, { batchSize: 61 }, { epochs: 2 }, { order: 'log' }],
    ...[{ optimizer: 'adam' }, { patience: 1 }, { dropout: 0.1 }, { l2Rows: 0.1 }, { average: 0.1 }],
    ...[{ modelOptions: { bottom: [9], top: [8] } }, { activations: 4 }, { decay: 'linear:0.1' }],
    ...[{ optimizerOptions: { epsilon: 1e-3 } }, { aSettingThatIsNotKnownHere: 1 }],
  ];
  test.each(changes)('for %j', (change) => {
    expect(nameOf(asked, { ...smallRun, ...change })).not.toBe(nameOf(asked));
  });

  test('for other data, another model, another backend', () => {
    const plan = planOf(asked)!;
    const all = [
      stageName(data, plan, dlrm, backend, { ...smallRun }),
      stageName({ ...data, fingerprint: 'other' }, plan, dlrm, backend, { ...smallRun }),
      stageName({ ...data, protocol: 'random' }, plan, dlrm, backend, { ...smallRun }),
      stageName(data, plan, { ...dlrm, name: 'other' }, backend, { ...smallRun }),
      stageName(data, plan, dlrm, { ...backend, threads: 7 }, { ...smallRun }),
      stageName(data, plan, dlrm, { ...backend, version: 'other' }, { ...smallRun }),
      stageName(data, plan, dlrm, { ...backend, build: () => 'other' }, { ...smallRun }),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test('for other tables, weights, maps and lengths', () => {
    const plan = planOf(asked)!;
    const [table] = plan.tables;
    const [part, ...rest] = table.parts;
    const halved = { ...part, init: { ...part.init, halfWidth: part.init.halfWidth / 2 } };
    const withTable = (other: object): Plan => {
      Object.assign(table, other);
      return plan;
    };
    const names = new Set([stageName(data, plan, dlrm, backend, { ...smallRun })]);
    const others: (() => Plan)[] = [
      () => ({ ...plan, training: { share: 0.5 } }),
      () => ({ ...plan, training: { holdOutEvery: 5 } }),
      () => ({ ...plan, weights: [{ shape: [2], init: part.init }] }),
      () => ({ ...plan, maps: [{ length: 2, bits: 1, values: Uint32Array.of(0, 1) }] }),
      () => ({ ...plan, maps: [{ length: 2, bits: 1, values: Uint32Array.of(1, 1) }] }),
      () => withTable({ parts: [halved, ...rest] }),
      () => withTable({ frozen: true }),
      () => withTable({ width: 5 }),
    ];
    for (const other of others) names.add(stageName(data, other(), dlrm, backend, { ...smallRun }));
    expect(names.size).toBe(1 + others.length);
    expect(names).not.toContain(undefined);
  });

  test('none for an embed() of its own, for changes after steps, and for estimated gradients', () => {
    const plan = planOf(asked)!;
    const name = (changed: Plan, settings: object = smallRun) =>
      stageName(data, changed, dlrm, backend, { ...settings });
    expect(name(plan)).toBeDefined();
    expect(name({ ...plan, embed: (lookup) => plan.embed(lookup) })).toBeUndefined();
    expect(name({ ...plan, afterStep() {} })).toBeUndefined();
    expect(name({ ...plan, aMemberThatIsNotKnownHere: 1 } as Plan)).toBeUndefined();
    expect(name({ ...plan, tables: [{ ...plan.tables[0] }] })).toBeUndefined();
    expect(name(plan, { ...smallRun, gradients: 'sbpca:2' })).toBeUndefined();
  });

  test('none, or the same, for a table that is stored in another form', () => {
    expect(nameOf({ method: 'int8(full)', ratio: 3 })).toBe(nameOf({ method: 'full', ratio: 1 }));
  });
});
