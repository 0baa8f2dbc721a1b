import type { TopLevelSpec } from 'vega-lite';
import { theme } from './theme.ts';

const schema = 'https://vega.github.io/schema/vega-lite/v6.json';

/**
 * The same chart for other tools: they have neither the page's colours nor its fonts, so the specification holds both.
 * `colors` are those of the page's CSS variables, by name without the dashes. Data stays unchanged.
 */
export function portableSpec(spec: TopLevelSpec, colors: ReadonlyMap<string, string>): TopLevelSpec {
  const config = { ...theme, background: 'var(--page)', font: 'system-ui, sans-serif' };
  const inColor = (value: unknown, key = ''): unknown => {
    if (key === 'values') return value;
    if (typeof value === 'string')
      return value.replace(/^var\(--([\w-]+)\)$/, (whole, name: string) => colors.get(name) ?? whole);
    if (Array.isArray(value)) return value.map((one) => inColor(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inColor(one, name)]));
  };
  return { $schema: schema, ...(inColor({ ...spec, config }) as TopLevelSpec) };
}
