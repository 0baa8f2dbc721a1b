import { plural } from '../../base/plural.ts';
import { formatFixed, formatShort } from '../format.ts';
import type { Curve } from '../../analysis/progress/sweep.ts';

/** A learning curve as it is drawn. */
export interface Line {
  readonly title: string;
  readonly curve: Curve;
  readonly color: string;
  /** `running`: drawn over the others, its last point marked; `baseline`: over all but those. */
  readonly rank: 'running' | 'baseline' | 'other';
}

const height = 260;
const looks = {
  other: { order: 0, look: 'stroke-width="1.2" stroke-opacity="0.7"' },
  baseline: { order: 1, look: 'stroke-width="1.8"' },
  running: { order: 2, look: 'stroke-width="2.5"' },
} as const;
const margin = { left: 46, right: 14, top: 10, bottom: 26 };

/**
 * Training loss by samples as SVG, without the charting library: it is drawn every second beside a run that is timed. The
 * fall of the first tenth is cut off at the top. Empty if there is no point yet.
 */
export function curvesSvg(lines: readonly Line[], width: number): string {
  const drawn = lines.filter(({ curve }) => curve.length > 0);
  if (drawn.length === 0) return '';
  const maxSamples = Math.max(...drawn.map(({ curve }) => curve.at(-1)!.samples));
  const [low, high] = lossDomain(drawn, maxSamples);
  const [across, down] = [width - margin.left - margin.right, height - margin.top - margin.bottom];
  const x = (samples: number) => round((samples / maxSamples) * across);
  const y = (loss: number) => round(((high - loss) / (high - low)) * down);
  const step = niceStep((high - low) / 6);
  const ticks = Array.from({ length: 12 }, (_, i) => (Math.ceil(low / step) + i) * step).filter(
    (tick) => tick <= high,
  );
  const digits = Math.max(0, Math.ceil(-Math.log10(step)));
  const grid = ticks.map((tick) => {
    const at = margin.top + y(tick);
    return (
      `<line x1="${margin.left}" x2="${width - margin.right}" y1="${at}" y2="${at}" stroke="var(--grid)"/>` +
      text(margin.left - 8, at + 4, 'end', formatFixed(tick, digits))
    );
  });
  const samples = [0, 0.5, 1].map((share) =>
    text(
      margin.left + share * across,
      height - 8,
      share === 1 ? 'end' : 'middle',
      share === 0 ? '0' : formatShort(share * maxSamples),
    ),
  );
  const paths = [...drawn]
    .sort((a, b) => looks[a.rank].order - looks[b.rank].order)
    .map(({ title, curve, color, rank }) => {
      const points = curve.map((point) => `${x(point.samples)},${y(point.loss)}`).join(' ');
      const last = curve.at(-1)!;
      const dot = `<circle cx="${x(last.samples)}" cy="${y(last.loss)}" r="4" fill="${color}"/>`;
      const { look } = looks[rank];
      return (
        `<g><title>${escaped(title)}</title>` +
        `<polyline points="${points}" fill="none" stroke="${color}" ${look} stroke-linejoin="round"/>${rank === 'running' ? dot : ''}</g>`
      );
    });
  return (
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Training loss by samples of ${plural(drawn.length, 'run')}">` +
    `${grid.join('')}${samples.join('')}` +
    // An inner drawing cuts off the parts outside it.
    `<svg x="${margin.left}" y="${margin.top}" width="${across + 6}" height="${down}">${paths.join('')}</svg></svg>`
  );
}

/** The range of losses after the first tenth of the samples; a few finished runs that are far above are left out. */
function lossDomain(lines: readonly Line[], maxSamples: number): [low: number, high: number] {
  const late = (members: readonly Line[]) =>
    members.flatMap(({ curve }) =>
      curve.filter(({ samples }) => samples >= maxSamples / 10).map(({ loss }) => loss),
    );
  const sorted = late(lines).sort((a, b) => a - b);
  const usual = sorted[Math.ceil(0.97 * sorted.length) - 1];
  const [low, high] = [sorted[0], Math.max(usual, ...late(lines.filter(({ rank }) => rank === 'running')))];
  const room = Math.max(high - low, 1e-3) * 0.08;
  return [low - room, high + room];
}

/** The smallest of 1, 2 or 5 times a power of ten that is at least `min`. */
function niceStep(min: number): number {
  const power = 10 ** Math.floor(Math.log10(min));
  return power * ([1, 2, 5].find((factor) => factor * power >= min) ?? 10);
}

function text(x: number, y: number, anchor: string, words: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="12" fill="var(--muted)">${words}</text>`;
}

const round = (value: number) => Math.round(value * 10) / 10;

function escaped(words: string): string {
  return words.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
