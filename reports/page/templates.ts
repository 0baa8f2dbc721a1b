import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import type { PageView } from './page-view.ts';

// An own instance: helpers and partials of another user of Handlebars cannot reach these templates.
const handlebars = Handlebars.create();
for (const name of ['comparison', 'overview', 'summary-table', 'throughput', 'figure', 'legend', 'facts']) {
  handlebars.registerPartial(name, read(`${name}.hbs`));
}

/** The colours charts refer to, light and dark. */
export const colorRules = read('colors.css');
/** Of every page of this project. */
export const style = colorRules + read('style.css');
/** Makes tables of class `summary` sortable. */
export const sortScript = read('sort-table.js');
/** The page's policy names this hash: nothing else on the page can run, whatever a record holds. */
const scriptHash = policyHash(sortScript);

const page = handlebars.compile<PageView & { style: string; script: string; scriptHash: string }>(
  read('page.hbs'),
  { strict: false, knownHelpersOnly: true },
);

/** The page as HTML. Everything in the view is escaped but drawings and symbols, which this room makes itself. */
export function fillPage(view: PageView): string {
  return page({ ...view, style, script: sortScript, scriptHash });
}

/** What a page's policy calls the one script that may run. */
export function policyHash(script: string): string {
  return createHash('sha256').update(script).digest('base64');
}

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}
