import { readFileSync } from 'node:fs';

/** The colours charts refer to, light and dark. */
export const colorRules = readFileSync(new URL('colors.css', import.meta.url), 'utf8');

/** The page's colours on white by the names of their CSS variables: the first rule of colors.css. */
export const lightColors: ReadonlyMap<string, string> = new Map(
  [...colorRules.slice(0, colorRules.indexOf('}')).matchAll(/--([\w-]+): (#\w+);/g)].map(
    ([, name, color]) => [name, color],
  ),
);
