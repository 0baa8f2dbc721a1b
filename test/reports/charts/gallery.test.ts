import { compile } from 'vega-lite';
import { View, Warn, parse } from 'vega';
import { describe, expect, it } from 'vitest';
import { drawSvg } from '../../../reports/charts/svg.ts';
import { portableSpec } from '../../../reports/charts/portable-spec.ts';
import { placesOf } from '../../../reports/page/draw-figure.ts';
import { lightColors } from '../../../reports/page/colors.ts';
import { standAlone } from '../../../reports/picture.ts';
import { drawables } from './records.ts';

/**
 * Every chart as a file, from records that do not change: open __snapshots__/charts/index.html to look at them all. A
 * machine's fonts play no part, for Vega has none in Node and guesses the widths of texts.
 */

const all = drawables();
const folder = '../__snapshots__/charts';

describe('the gallery', () => {
  const drawings = all.flatMap((drawable) => drawable.widths.map((width) => ({ ...drawable, width })));

  it.each(drawings)('$name at $width px is as it was', async ({ name, title, series, specOf, width }) => {
    const drawn = { name, label: title, places: placesOf(series) };
    const svg = await drawSvg(specOf(width), drawn);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    await expect(`${standAlone(svg, width)}\n`).toMatchFileSnapshot(`${folder}/${name}-${width}.svg`);
  });

  it('has an index', async () => {
    const figures = drawings.map(
      ({ name, title, width }) =>
        `<figure><img src="${name}-${width}.svg" alt=""><figcaption>${title}, ${width} px</figcaption></figure>`,
    );
    const style =
      'body{font-family:system-ui;color-scheme:light dark}figure{display:inline-block;margin:16px}';
    await expect(
      `<!doctype html>\n<meta charset="utf-8">\n<title>Charts</title>\n<style>${style}</style>\n${figures.join('\n')}\n`,
    ).toMatchFileSnapshot(`${folder}/index.html`);
  });
});

describe('an exported specification', () => {
  it.each(all)('of $name stands by itself', async ({ specOf, widths }) => {
    const spec = portableSpec(specOf(widths[0]), lightColors);
    const text = JSON.stringify(spec);
    expect(spec.$schema).toBe('https://vega.github.io/schema/vega-lite/v6.json');
    expect(text).not.toContain('var(--');
    const said: unknown[] = [];
    const say = (...words: unknown[]) => (said.push(words), logger);
    const logger = { level: () => logger, error: say, warn: say, info: () => logger, debug: () => logger };
    const { spec: compiled } = compile(JSON.parse(text) as typeof spec, { logger: logger });
    const view = new View(parse(compiled), { renderer: 'none', logLevel: Warn, logger: logger });
    const svg = await view.toSVG();
    view.finalize();
    expect(said).toEqual([]);
    expect(svg).not.toMatch(/NaN|var\(/);
    expect(svg).toMatch(/#0072b2|#4a525c/);
  });
});
