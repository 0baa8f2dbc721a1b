import { readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import { policyHash, style as pageStyle } from '../page/templates.ts';
import { type LiveView, liveView } from './live-view.ts';
import type { SweepState } from '../../analysis/progress/sweep.ts';

/** Parts of the page that change; each replaces the content of the element of its name. */
export const partNames = ['over', 'progress', 'report', 'running', 'curves', 'finished'] as const;
export type Parts = Readonly<Record<(typeof partNames)[number], string>>;

const handlebars = Handlebars.create();
const compiled = <View>(name: string) =>
  handlebars.compile<View>(read(name), { strict: false, knownHelpersOnly: true });
const fills = Object.fromEntries(partNames.map((name) => [name, compiled<LiveView>(`${name}.hbs`)]));
const page = compiled<{ heading: string; parts: Parts; style: string; script: string }>('page.hbs');
const style = pageStyle + read('live.css');
const script = read('live.js');

/** The parts as HTML. Everything in a state is escaped but the drawing, which this room makes itself. */
export function liveParts(state: SweepState): Parts {
  const view = liveView(state);
  return Object.fromEntries(partNames.map((name) => [name, fills[name](view).trim()])) as unknown as Parts;
}

/** The whole page. Its script keeps it up to date; a reader without scripts loads it again. */
export function livePage(state: SweepState): string {
  return page({ heading: liveView(state).heading, parts: liveParts(state), style, script });
}

/** The policy in the page's header: it allows its one script and its own server, and nothing else. */
export const livePolicy = [
  ...["default-src 'none'", "style-src 'unsafe-inline'", `script-src 'sha256-${policyHash(script)}'`],
  ...["connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
].join('; ');

function read(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}
