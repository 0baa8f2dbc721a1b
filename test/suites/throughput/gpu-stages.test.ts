import { expect, test } from 'vitest';
import { gpuStages, stageEnd, type StagesAsked } from '../../../suites/throughput/gpu-stages.ts';

const asked: StagesAsked = {
  ...{ backends: ['webgpu'], host: 'native', pythons: undefined, tf32: false, tiny: false },
};

test('dim 16 and 64 on full cardinalities, batches from 2,048 to 131,072, each asked once', () => {
  const onCard = gpuStages(asked).filter(
    ({ settings }) => settings.methods.length === 1 && !settings.backends!.includes('native'),
  );
  const sizes = onCard
    .filter(({ settings }) => settings.optimizers[0] === 'sgd')
    .flatMap(({ settings: { dims, batches } }) =>
      dims.flatMap((dim) => batches.map((batch) => [dim, batch])),
    );
  const doublings = Array.from({ length: 7 }, (_, i) => 2048 * 2 ** i);
  expect(sizes.sort(([a, b], [c, d]) => a - c || b - d)).toEqual(
    [16, 64].flatMap((dim) => doublings.map((batch) => [dim, batch])),
  );
  for (const { settings } of onCard) expect(settings).toMatchObject({ scales: [1], profile: true });
});

test('the host is compared at one size, where it works', () => {
  const hosts = (host: string | undefined) =>
    gpuStages({ ...asked, host }).filter(({ settings }) => settings.backends!.length > 1);
  expect(hosts('native').map(({ settings }) => [settings.backends, settings.batches])).toEqual([
    [['webgpu', 'native'], [2048]],
  ]);
  expect(hosts(undefined)).toEqual([]);
});

test('tiny goes the same ways', () => {
  const ways = (tiny: boolean) =>
    gpuStages({ ...asked, tiny }).map(({ settings }) => [
      settings.backends,
      settings.optimizers,
      settings.methods.length,
      settings.profile,
    ]);
  expect(ways(true)).toEqual(ways(false));
});

test('a stage gets its share of what is left; what one leaves is for the others', () => {
  const stages = [{ weight: 3 }, { weight: 1 }, { weight: 2 }];
  expect(stageEnd(stages, 1000, 7000)).toBe(4000);
  expect(stageEnd(stages.slice(1), 1000, 7000)).toBe(3000);
  expect(stageEnd(stages.slice(2), 2500, 7000)).toBe(7000);
});
