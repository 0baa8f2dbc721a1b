import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import { colorRules } from './colors.ts';
import type { PageView } from './page-view.ts';

// An own instance: helpers and partials of another user of Handlebars cannot reach these templates.
const handlebars = Handlebars.create();
const partials = [
  ...[
    'comparison',
    'overview',
    'summary-table',
    'budget-explorer',
    'decisions',
    'words',
    'filter',
    'pairs',
    'references',
    'methods',
    'target',
  ],
  ...['throughput', 'model-races', 'figure', 'legend', 'facts', 'machines', 'training-memory', 'memory-cell'],
];
for (const name of partials) {
  handlebars.registerPartial(name, read(`${name}.hbs`));
}

handlebars.registerPartial('claims', read('../claims/claims.hbs'));
handlebars.registerPartial('departures', read('../cards/departures.hbs'));

/** The style of every page of this project. */
export const style = colorRules + read('style.css') + read('../claims/claims.css');
/** Makes tables of class `summary` sortable. */
export const sortScript = scriptOf('sort-table');
/** Each adds to a page that can be read without it. */
const script = [
  sortScript,
  ...['scroll-hint', 'decisions', 'filter-table', 'budget', 'pairs', 'chart-points'].map((name) =>
    scriptOf(name),
  ),
  scriptOf('chart-plot', 'chart-ticks', 'chart-names', 'chart-redraw', 'chart-brush', 'chart-zoom'),
  scriptOf('chart-legend'),
  scriptOf('packed-files', 'chart-files'),
].join('');
/** The page's policy names this hash: nothing else on the page can run, whatever a record holds. */
const scriptHash = policyHash(script);

const page = handlebars.compile<PageView & { style: string; script: string; scriptHash: string }>(
  read('page.hbs'),
  { strict: false, knownHelpersOnly: true },
);

/** The page as HTML. Everything in the view is escaped but drawings and symbols, which this room makes itself. */
export function fillPage(view: PageView): string {
  return page({ ...view, style, script, scriptHash });
}

/** The name of a script in a page's policy: nothing else may run. */
export function policyHash(script: string): string {
  return createHash('sha256').update(script).digest('base64');
}

/** A script in a scope of its own, so that names of several do not meet. Modules that import each other form one script. */
function scriptOf(...names: readonly string[]): string {
  const parts = names.map((name) =>
    read(`scripts/${name}.js`)
      .replace(/^\/\* global.*\n/, '')
      .replace(/^import .*\n/gm, '')
      .replace(/^export /gm, ''),
  );
  return `(() => {\n${parts.join('')}})();\n`;
}

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}
