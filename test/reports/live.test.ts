import { describe, expect, it } from 'vitest';
import { curvesSvg } from '../../reports/live/curves.ts';
import { lineColors } from '../../reports/live/line-colors.ts';
import { liveView } from '../../reports/live/live-view.ts';
import type { SweepState } from '../../analysis/progress/sweep.ts';
import { liveParts, livePage, livePolicy } from '../../reports/live/templates.ts';
import { policyHash } from '../../reports/page/templates.ts';
import { completedRun, environment, failedRun, infeasibleRun } from './recordings.ts';

const { name, protocol, fingerprint, rows } = environment.data;
const curve = [0.9, 0.6, 0.5, 0.55].map((loss, i) => ({ samples: (i + 1) * 1000, loss }));
const running = {
  ...{ title: 'robe 16x seed 1', method: 'robe', slot: 0, fraction: 0.5, samplesPerSecond: 12_345 },
  ...{ seconds: 7, curve },
};
const done = (method: string, seed = 1) => ({
  title: `${method} 4x seed ${seed}`,
  record: completedRun({ method, ratio: 4, seed, auc: 0.75 }),
});
const state: SweepState = {
  dataset: { name, protocol, fingerprint, rows },
  directory: 'results/some',
  ...{ seconds: 61, secondsLeft: 7260, fraction: 0.3, total: 10, earlier: 1 },
  running: [running],
  finished: [
    { title: 'lma 4x seed 1', record: failedRun({ method: 'lma', ratio: 4, seed: 1 }, 'broke') },
    { title: 'lma 64x seed 1', record: infeasibleRun({ method: 'lma', ratio: 64, seed: 1 }) },
    done('full'),
  ],
};

describe('the live page', () => {
  it('says what is done, what runs and what is left', () => {
    const { over, progress, running, finished } = liveParts(state);
    expect(over).toBe('3 of 10 runs are over');
    expect(progress).toContain(
      '1 completed · 1 failed · 1 infeasible · 1 running · 6 left · 1 recorded before',
    );
    expect(progress).toContain('61 s so far, about 2 h 1 min left');
    expect(running).toContain('50 %, 12.3 k samples/s, loss 0.5500, 7 s');
    expect(finished).toMatch(/lma 4x seed 1.*failed.*broke.*full 4x seed 1.*completed.*test AUC 0\.7500/s);
  });

  it('links the report once there is one, and names its file when nothing is served any more', () => {
    expect(liveParts(state).report).toContain('href="/report.html"');
    expect(liveParts({ ...state, finished: [] }).report).not.toContain('href');
    const { report } = liveParts({ ...state, ending: 'stopped' });
    expect(report).toContain('was stopped; the same command resumes it');
    expect(report).toContain('<code>results/some/report.html</code>');
    expect(report).not.toContain('href');
  });

  it('does not grow with a sweep of thousands of runs', () => {
    const finished = Array.from({ length: 3000 }, (_, i) => done('robe', i));
    const view = liveView({ ...state, finished });
    expect([view.finished.length, view.more]).toEqual([40, 2960]);
    expect(JSON.stringify(liveParts({ ...state, finished })).length).toBeLessThan(600_000);
  });

  it('shows hostile text as text', () => {
    const hostile = `</script><img src=x onerror=alert(1)>"'\`{{title}}\u2028`;
    const page = livePage({
      ...state,
      dataset: { ...state.dataset, name: hostile },
      directory: hostile,
      running: [{ ...running, title: hostile, method: hostile }],
      finished: [
        { title: hostile, record: failedRun({ method: hostile, ratio: 4, seed: 1 }, hostile) },
        { title: hostile, record: completedRun({ method: hostile, ratio: 4, seed: 1, auc: 0.7 }) },
      ],
    });
    expect(page).not.toMatch(/<img/i);
    expect(page.match(/<\/script/g)).toHaveLength(1);
    expect(page.match(/&lt;img/g)!.length).toBeGreaterThan(8);
  });

  it('runs one script, which its policy names, and loads nothing from elsewhere', () => {
    const page = livePage(state);
    const [, script] = /<script>(.*)<\/script>/s.exec(page)!;
    expect(livePolicy).toContain(`script-src 'sha256-${policyHash(script)}'`);
    expect(livePolicy).toMatch(/^default-src 'none';.*connect-src 'self';.*frame-ancestors 'none'$/);
    expect(page).not.toMatch(/\bon\w+=|<(img|iframe|link|object|embed|base)\b|\bsrc\s*=|@import|url\((?!#)/i);
  });
});

describe('learning curves', () => {
  const line = { title: 'a', curve, color: 'red', rank: 'running' as const };
  const pointsOf = (svg: string) =>
    [...svg.matchAll(/polyline points="([^"]*)"/g)].map(([, text]) =>
      text.split(' ').map((point) => point.split(',').map(Number)),
    );

  it('are drawn to scale: samples across, loss up', () => {
    const [points] = pointsOf(curvesSvg([line], 460)); // 400 across, 224 down
    expect(points.map(([x]) => x)).toEqual([100, 200, 300, 400]);
    // All are after the first tenth: 0.5 to 0.9, with 8 % of that beyond.
    const y = (loss: number) => ((0.932 - loss) / (0.932 - 0.468)) * 224;
    points.forEach(([, at], i) => expect(at).toBeCloseTo(y(curve[i].loss), 0));
  });

  it('leave out the fall at the start', () => {
    const steep = [{ samples: 100, loss: 50 }, ...curve];
    const [first, ...points] = pointsOf(curvesSvg([{ ...line, curve: steep }], 460))[0];
    expect(first[1]).toBeLessThan(-1000);
    expect(points.every(([, at]) => at >= 0 && at <= 224)).toBe(true);
  });

  it('are not made flat by a finished run that is far above, but show all that run', () => {
    const usual = Array.from({ length: 40 }, () => ({ ...line, rank: 'other' as const }));
    const broken = { ...line, curve: [{ samples: 4000, loss: 9 }] };
    const heights = (rank: 'other' | 'running') => pointsOf(curvesSvg([...usual, { ...broken, rank }], 460)).map((points) => points.at(-1)![1]); // prettier-ignore
    expect(Math.min(...heights('other'))).toBeLessThan(0);
    expect(Math.min(...heights('running'))).toBeGreaterThan(0);
  });

  it('are none before there is a point; one point is one', () => {
    expect(curvesSvg([{ ...line, curve: [] }], 460)).toBe('');
    const svg = curvesSvg([{ ...line, curve: [{ samples: 5, loss: 0.5 }] }], 460);
    expect(pointsOf(svg)[0]).toEqual([[400, 112]]);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  it('have a colour for each of a few methods, and for what runs where there are many', () => {
    const few = lineColors(state);
    expect(few.running(running)).toBe('var(--series-1)'); // lma was before it
    expect(few.finished('full')).toBe('var(--series-full)');
    expect(few.ofMethods).toEqual(['full', 'lma', 'robe']);
    const many = lineColors({ running: [running], finished: [...'abcdefgh'].map((method) => done(method)) });
    expect([many.running(running), many.finished('a')]).toEqual(['var(--series-0)', 'var(--series-rest)']);
    expect(many.ofMethods).toEqual([]);
  });
});
