import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import { policyHash, sortScript, style as pageStyle } from '../page/templates.ts';
import type { ClaimsPageView, SiteClaim } from './claims-page.ts';
import type { HistoryView } from './history.ts';
import type { IndexView } from './index-view.ts';

const handlebars = Handlebars.create();
const style = pageStyle + read('site.css');
for (const name of ['head', 'findings', 'over-data-sets'])
  handlebars.registerPartial(name, read(`${name}.hbs`));
handlebars.registerPartial('claims', read('../claims/claims.hbs'));
handlebars.registerPartial('departures', read('../cards/departures.hbs'));

/** A page's policy names the hash of its script: nothing else can run, whatever a record holds. */
const indexScript = sortScript + read('filter.js');
const index = compiled<IndexView>('index.hbs', indexScript);
const history = compiled<HistoryView & { claims: readonly SiteClaim[] }>('method.hbs', sortScript);
const claims = compiled<ClaimsPageView>('claims-page.hbs', sortScript);

/** The site's first page as HTML. */
export const fillIndex = (view: IndexView) => index(view);
/** The page of a method as HTML. */
export const fillHistory = (view: HistoryView & { claims: readonly SiteClaim[] }) => history(view);
/** All claims of papers as HTML. */
export const fillClaims = (view: ClaimsPageView) => claims(view);

function compiled<View>(name: string, script: string): (view: View) => string {
  const scriptHash = policyHash(script);
  const fill = handlebars.compile(read(name), { strict: false, knownHelpersOnly: true });
  return (view) => fill({ ...view, style, script, scriptHash });
}

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}
