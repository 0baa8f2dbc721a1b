import type { ServerResponse } from 'node:http';
import type { SweepState } from '../../analysis/progress/sweep.ts';
import { type Parts, liveParts, livePage, livePolicy } from '../../reports/live/templates.ts';
import { type GrowingReport, growingReport } from './growing-report.ts';
import { type LoopbackServer, serveLoopback } from './loopback-server.ts';
import { plainText } from '../terminal/printed.ts';

/** The page that `--watch` serves. */
export interface WatchPage {
  readonly address: string;
  /** Starts showing a sweep. `state` is called once a second while a page is open. */
  show(directory: string, state: () => SweepState): void;
  /** Tells open pages how the sweep ended, and stops. */
  close(ending: 'over' | 'stopped'): Promise<void>;
}

const period = 1000; // milliseconds
/** Maximal number of open pages; each holds a connection. */
const maxPages = 16;

/** Listens at once, so that a taken port is reported before hours of preparation. Throws a UserError then. */
export async function watchPage(port: number): Promise<WatchPage> {
  let shown: { readonly state: () => SweepState; readonly report: GrowingReport } | undefined;
  let sent: Parts | undefined;
  const pages = new Set<ServerResponse>();
  const server: LoopbackServer = await serveLoopback(
    port,
    new Map([
      ['/', (response) => answerPage(response)],
      ['/events', (response) => answerEvents(response)],
      ['/report.html', (response) => answerReport(response)],
    ]),
  );

  function answerPage(response: ServerResponse): void {
    if (shown === undefined) return preparing(response);
    html(response, livePolicy, livePage(shown.state()));
  }

  async function answerReport(response: ServerResponse): Promise<void> {
    if (shown === undefined) return preparing(response);
    const report = await shown.report.latest(shown.state().finished.length);
    // Its own policy is in the page.
    if ('html' in report) return html(response, "frame-ancestors 'none'; base-uri 'none'", report.html);
    words(response, 503, `no report yet: ${plainText(report.problem)}`);
  }

  function answerEvents(response: ServerResponse): void {
    if (shown === undefined || pages.size >= maxPages) return words(response, 503, 'not now');
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const { method: asked } = response.req;
    if (asked === 'HEAD') return void response.end();
    pages.add(response);
    response.on('close', () => pages.delete(response));
    response.write(event({ parts: liveParts(shown.state()) }));
  }

  /** Sends the parts that changed since the last period. */
  function tell(ending?: 'over' | 'stopped'): void {
    if (pages.size === 0) sent = undefined; // who comes next is sent all
    if (shown === undefined || pages.size === 0) return;
    const parts = liveParts({ ...shown.state(), ...(ending && { ending }) });
    const changed = Object.entries(parts).filter(([name, text]) => sent?.[name as keyof Parts] !== text);
    sent = parts;
    if (changed.length === 0) return;
    for (const page of pages) {
      // A page that does not read must not fill the memory of the sweep.
      if (page.writableLength > 1e6) page.destroy();
      else page.write(event({ parts: Object.fromEntries(changed), ...(ending && { ending }) }));
    }
  }

  const clock = setInterval(() => {
    try {
      tell();
    } catch {
      // A failure to draw must not end the sweep.
    }
  }, period);
  clock.unref();
  return {
    address: server.address,
    show(directory, state) {
      shown = { state, report: growingReport(directory) };
    },
    async close(ending) {
      clearInterval(clock);
      try {
        tell(ending);
      } catch {
        // as above
      }
      for (const page of pages) page.end();
      await server.close();
    },
  };
}

const event = (message: { parts: Partial<Parts>; ending?: string }) => `data: ${JSON.stringify(message)}\n\n`;

function preparing(response: ServerResponse): void {
  response.setHeader('refresh', '2');
  words(response, 503, 'preparing data; this page comes back by itself');
}

function html(response: ServerResponse, policy: string, text: string): void {
  response.setHeader('content-security-policy', policy);
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(text);
}

function words(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}
