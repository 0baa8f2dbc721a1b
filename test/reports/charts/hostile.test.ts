import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { TopLevelSpec } from 'vega-lite';
import { drawFigure } from '../../../reports/page/draw-figure.ts';
import { completedRun } from '../recordings.ts';
import { ofRuns, withFrequencies } from './records.ts';

const names = [
  `</script></svg></title><img src=x onerror=alert(1)>`,
  `"'\`]]>{{title}}\${1} aria-label="7;x" data-s="9"`,
  `var(--ink) url(#clip1) keep_notes &lt;b&gt; 方法 \u202e \u{1F600}`,
  `datum.value; toString(), 3;4`,
];
const runs = withFrequencies([
  ...[1, 2].map((seed) => completedRun({ method: 'full', ratio: 1, seed, auc: 0.76 })),
  ...names.flatMap((method, i) =>
    [1, 2].map((seed) => completedRun({ method, ratio: 4, seed, auc: 0.755 - i / 1000 + seed / 2000 })),
  ),
]);

describe('names that mean harm', () => {
  it.each(ofRuns('hostile', runs))('stay names in $name', async ({ name, series, specOf }) => {
    const { drawings, spec } = await drawFigure({
      ...{ name, title: names[0], variants: ['wide', 'narrow'], series, specOf },
    });
    for (const { svg, variant } of drawings) {
      const tags = [...svg.matchAll(/<\/?(\w+)([^>]*)>/g)];
      expect(new Set(tags.map(([, tag]) => tag))).not.toContain('img');
      for (const [, , attributes] of tags)
        expect(attributes.replace(/"[^"]*"/g, '""')).not.toMatch(/onerror|alert|title/);
      // Marks know their series by places that exist.
      for (const [, place] of svg.matchAll(/ data-s="(\d+)"/g))
        expect(Number(place)).toBeLessThan(series.size);
      const titles = [...svg.matchAll(/<title>([^<]*)<\/title>/g)].map(([, text]) => decoded(text));
      if (variant === 'wide')
        for (const method of names)
          expect(titles.some((text) => text.startsWith(`${method} at 4x\n`))).toBe(true);
      else expect(titles).toEqual([]);
    }
    const exported = JSON.parse(
      gunzipSync(Buffer.from(spec.href.split(',')[1], 'base64')).toString(),
    ) as TopLevelSpec;
    for (const method of names)
      expect(JSON.stringify(exported)).toContain(JSON.stringify(`${method} at 4x\n`).slice(1, -1));
  });
});

function decoded(text: string): string {
  return text
    .replace(/&#x([0-9a-f]+);/gi, (_, code: string) => String.fromCodePoint(parseInt(code, 16)))
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');
}
