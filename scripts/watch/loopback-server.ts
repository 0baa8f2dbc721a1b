import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UserError } from '../../base/user-error.ts';

/** Answers one path. The server has set all headers except the type and the policy. */
export type Answer = (response: ServerResponse) => void | Promise<void>;

export interface LoopbackServer {
  /** `http://127.0.0.1:8080/` */
  readonly address: string;
  readonly port: number;
  /** Ends open connections as well, once their data are sent. */
  close(): Promise<void>;
}

/** The time that a connection may take to read its data. */
const patience = 300; // milliseconds

/**
 * Serves a fixed set of paths to this machine alone. It listens on 127.0.0.1 and answers requests for that address or for
 * localhost only, which defeats DNS rebinding, and only its own pages or the address bar, never a page of another site. No
 * files lie behind the paths. Throws a UserError if the port is taken. Port 0 stands for any free one.
 */
export async function serveLoopback(
  port: number,
  answers: ReadonlyMap<string, Answer>,
): Promise<LoopbackServer> {
  let hosts: readonly string[] = [];
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const refusal = refusalOf(request, hosts);
    const answer = answers.get(request.url ?? '');
    if (refusal !== undefined) return plain(response, ...refusal);
    if (!reading.includes(request.method ?? '')) {
      response.setHeader('allow', reading.join(', '));
      return plain(response, 405, 'only GET and HEAD');
    }
    if (answer === undefined) return plain(response, 404, 'not found');
    Promise.resolve()
      .then(() => answer(response))
      .catch(() => (response.headersSent ? response.destroy() : plain(response, 500, 'an error')));
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => failed(unusable(port, error)));
    server.listen({ host: '127.0.0.1', port }, listening);
  });
  server.on('error', () => {}); // of one connection; the sweep continues
  const { port: taken } = server.address() as AddressInfo;
  hosts = [`127.0.0.1:${taken}`, `localhost:${taken}`];
  return {
    address: `http://127.0.0.1:${taken}/`,
    port: taken,
    close: () =>
      new Promise((closed) => {
        const force = setTimeout(() => server.closeAllConnections(), patience);
        server.close(() => {
          clearTimeout(force);
          closed();
        });
        server.closeIdleConnections();
      }),
  };
}

const reading = ['GET', 'HEAD'];

/** Headers that keep pages of other sites from reading or framing the page, and browsers from caching it. */
const headers = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

function refusalOf(
  { headers }: IncomingMessage,
  hosts: readonly string[],
): [status: number, reason: string] | undefined {
  const { host = '', origin, 'sec-fetch-site': site } = headers;
  if (!hosts.includes(host.toLowerCase())) return [421, 'not the host of this page'];
  const own = origin === undefined || origin === `http://${host.toLowerCase()}`;
  // Browsers state the origin of a request: `none` is the address bar. Other programs state nothing.
  if (!own || (site !== undefined && site !== 'same-origin' && site !== 'none'))
    return [403, 'not for other sites'];
  return undefined;
}

function plain(response: ServerResponse, status: number, words: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${words}\n`);
}

function unusable(port: number, { code }: NodeJS.ErrnoException): UserError {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another process listens there',
    EACCES: 'no permission to listen there',
  };
  return new UserError(
    `--watch ${port}: ${reasons[code ?? ''] ?? `cannot listen there (${code})`}; name another port, or none for any free one`,
  );
}
