import { describe, expect, it } from 'vitest';
import { renderReport } from '../../reports/report.ts';
import { leastMemory, trainingMemory } from '../../analysis/memory/training-memory.ts';
import { analyze } from '../../analysis/recording.ts';
import { type CompletedRun, runRecord } from '../../results/record.ts';
import { completedRun, environment } from './recordings.ts';

const kinds = { tableBytes: 2e6, networkBytes: 4e5, stateBytes: 2.4e6 };
const held = { rowGradientBytes: 4e5, otherBytes: 5e5 };

/** Bytes of exact training, and of training with approximations. */
function run(
  method: string,
  seed: number,
  auc: number,
  way: Pick<CompletedRun, 'gradients' | 'activations'>,
) {
  const gradientBytes = way.gradients === undefined ? 4e5 : 1e4;
  const layerBytes = (2e6 * (way.activations ?? 32)) / 32;
  const expected = { ...kinds, gradientBytes, layerBytes };
  const one = completedRun({ method, ratio: 16, seed, auc });
  const training = { measured: { ...expected, ...held, gradientBytes: gradientBytes + 64 }, expected };
  return { ...one, id: JSON.stringify([one.id, way]), ...way, memory: { ...one.memory, training } };
}

const both = { gradients: 'sbpca:4', activations: 4 };
const runs = ['robe', 'uniform'].flatMap((method) =>
  [1, 2, 3].flatMap((seed) => {
    const auc = 0.75 + 0.002 * seed;
    return [
      run(method, seed, auc - 0.004 - 0.0001 * seed, both),
      run(method, seed, auc - 0.0001 + 0.0001 * seed, { activations: 8 }),
      run(method, seed, auc - 0.002, { gradients: 'sbpca:1' }),
      run(method, seed, auc, {}),
    ];
  }),
);
const recording = { environment, runs };
const found = trainingMemory(analyze(recording).comparisons, { margin: 0.001 });

describe('training memory', () => {
  it('sets every approximation beside exact training of the same method, in order', () => {
    expect(found.map(({ series }) => series.method)).toEqual(['robe', 'uniform']);
    for (const { rows } of found) {
      expect(rows.map(({ setting }) => `${setting.gradients} ${setting.activations}`)).toEqual(
        ['exact 32', 'sbpca:1 32', 'exact 8', 'sbpca:4 4'], // prettier-ignore
      );
      const [exact, estimated, coded, both] = rows;
      expect(exact.change).toBeUndefined();
      expect(estimated.change!.value).toBeCloseTo(-0.002, 9);
      expect([estimated, coded, both].map(({ verdict }) => verdict)).toEqual([
        'worse',
        'equivalent',
        'worse',
      ]);
      expect(coded.change!.error!).toBeGreaterThan(Math.abs(coded.change!.value));
      expect(both.change!.value).toBeCloseTo(-0.0042, 9);
      expect(both.speed!.median).toBeGreaterThan(0);
    }
  });

  it('is concluded with the least memory that is shown to cost no more than the margin', async () => {
    const [robe] = found;
    const { chosen, smallest } = leastMemory(robe);
    expect([chosen.setting.activations, chosen.verdict]).toEqual([8, 'equivalent']);
    expect([smallest.setting.activations, smallest.verdict]).toEqual([4, 'worse']);
    const exact = robe.rows.filter(({ setting }) => setting.activations !== 8);
    expect(leastMemory({ ...robe, rows: exact }).chosen.setting.gradients).toBe('exact');
    const html = await renderReport(recording);
    expect(html).toContain('Train with 8-bit activations: it is shown to cost at most 0.001 of AUC');
    // Every comparison is folded away below the conclusion.
    expect(html.match(/<details class="everything section">/g)).toHaveLength(4);
  });

  it('says nothing where all was trained exactly, or nothing was measured', () => {
    const exact = runs.filter(({ gradients, activations }) => !gradients && !activations);
    expect(trainingMemory(analyze({ environment, runs: exact }).comparisons, { margin: 0.001 })).toEqual([]);
    const unmeasured = runs.map((one) => ({ ...one, memory: { peakRssBytes: 1 } }));
    const older = { environment, runs: unmeasured };
    expect(trainingMemory(analyze(older).comparisons, { margin: 0.001 })).toEqual([]);
  });

  it('is a section of the report: bytes by kind, how many times less, verdicts', async () => {
    const html = await renderReport(recording);
    const [section] = /<section id="training-memory".*?<\/section>/s.exec(html)!;
    expect(section.match(/<th scope="row">/g)).toHaveLength(8);
    expect(section).toContain('formula 10.0 kB');
    expect(section).toMatch(/10\.1 kB <b>÷ 40<\/b>/);
    expect(section).toMatch(/500 kB <b>÷ 4\.0<\/b>/);
    expect(section.match(/class="number equivalent"/g)).toHaveLength(2);
    expect(section.match(/class="number worse"/g)).toHaveLength(4);
    expect(section).toContain('title="gradients of weights 10.1 kB"');
    const widths = [...section.matchAll(/<div class="bytes">(.*?)<\/div>/gs)].map(([, bar]) =>
      [...bar.matchAll(/width:([\d.]+)%/g)].reduce((sum, [, percent]) => sum + Number(percent), 0),
    );
    expect(widths[0]).toBeCloseTo(100, 0);
    expect(widths[3]).toBeLessThan(widths[1]);
    const plain = runs.filter(({ gradients, activations }) => !gradients && !activations);
    expect(await renderReport({ environment, runs: plain })).not.toContain('id="training-memory"');
  });

  it('is in records as it was measured', () => {
    expect(runRecord.parse(runs[0])).toEqual(runs[0]);
  });
});
