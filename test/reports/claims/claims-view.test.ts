import { describe, expect, it } from 'vitest';
import { analyze } from '../../../analysis/recording.ts';
import { aboutClaim, claimsView, countsOf } from '../../../reports/claims/claims-view.ts';
import { paperClaims } from '../../../reports/claims/papers.ts';
import { renderReport } from '../../../reports/report.ts';
import type { Recording } from '../../../results/recording.ts';
import { environment, plausibleRecording } from '../recordings.ts';

/** The plausible numbers as if of a log of clicks. */
function logged(): Recording {
  const { data } = environment;
  const runs = plausibleRecording().runs.map((run) => ({
    ...run,
    dataset: { ...run.dataset, name: 'criteo' },
    ...(run.status === 'completed' && { quality: { ...run.quality, bestPossible: undefined } }),
  }));
  return { environment: { ...environment, data: { ...data, name: 'criteo' } }, runs };
}

const viewOf = (recording: Recording) => claimsView(recording, analyze(recording));

describe('the claims of a report', () => {
  it('are those about its methods, with the grade of the evidence and the runs that would settle them', () => {
    const { counts, claims } = viewOf(logged())!;
    expect(counts).toMatch(/^1 held, 3 undecided, 7 not tested here$/);
    expect(new Set(claims.map(({ test }) => test.split(' ')[0]))).toEqual(
      new Set(['mixed-dimension', 'hashing-trick', 'quotient-remainder', 'tensor-train', 'robe']),
    );
    // Its layers fit the budget of 64x in no record.
    const tensorTrain = claims.find(({ id }) => id === 'tensor-train-range')!;
    expect([tensorTrain.state, tensorTrain.departures]).toEqual(['undecided', expect.stringContaining('no number at 64x')]); // prettier-ignore
    const [hashing] = claims.filter(({ id }) => id === 'quotient-remainder-loss');
    expect(hashing.grade).toBe('on a sample');
    expect(hashing.departures).toContain('1,000,000 of 45,840,617 rows');
    expect(hashing.test).toBe(
      'quotient-remainder against hashing-trick at 2x to 64x, Criteo Kaggle, DLRM and DCN: logloss lower',
    );
    expect(hashing.command).toMatch(
      /^npm run bench -- --method quotient-remainder,hashing-trick --compression 4,16,64 --dataset criteo --data FILE --model dlrm --seeds \d+$/,
    );
    const terabyte = claims.find(({ id }) => id === 'robe-thousandth')!;
    expect(terabyte).toMatchObject({ state: 'not tested here', grade: '' });
    expect(terabyte.found).toBe("data: criteo, the paper's is Criteo Terabyte");
    // Tested claims stand first.
    const order = claims.map(({ state }) => state);
    expect(order.lastIndexOf('undecided')).toBeLessThan(order.indexOf('not tested here'));
  });

  it('stand in a fold of the page, and nowhere if there are none', async () => {
    const page = await renderReport(logged());
    expect(page).toMatch(/<h2 id="claims">Claims of papers<\/h2>\s*<details class="everything">/);
    expect(page).toContain('Compositional Embeddings Using Complementary Partitions');
    const { environment, runs } = logged();
    const some = { environment, runs: runs.filter(({ method }) => ['full', 'uniform'].includes(method)) };
    expect(viewOf(some)).toBeUndefined();
    expect(await renderReport(some)).not.toContain('id="claims"');
  });

  it('name no run where none would settle them', () => {
    const settled = (id: string) => aboutClaim(paperClaims.find((claim) => claim.id === id)!);
    expect(settled('int4-neutral')).toMatchObject({
      command: '',
      settle: 'No data set of this project is the paper’s.',
    });
    expect(settled('deep-light-lossless')).toMatchObject({
      command: '',
      settle: 'No model of this project is the paper’s.',
    });
    expect(settled('dpq-text').command).toBe('');
    expect(settled('hashing-product-quantization')).toMatchObject({
      command: '',
      settle: 'No method of this project is the paper’s.',
    });
    expect(settled('lma-sixteenth').source).toContain('arXiv 2103.06124, 2021');
    expect(countsOf([{ state: 'not tested' }, { state: 'held' }, { state: 'disputed' }])).toBe(
      '1 held, 1 disputed, 1 not tested here',
    );
  });
});
