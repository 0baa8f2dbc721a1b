import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type LoopbackServer, serveLoopback } from '../../scripts/watch/loopback-server.ts';

let server: LoopbackServer;
let asked = 0;
beforeAll(async () => {
  const answers = new Map<string, Answer>([
    ['/', (response) => void (asked++, response.end('the page'))],
    ['/broken', () => Promise.reject(new Error('a secret'))],
  ]);
  server = await serveLoopback(0, answers);
});
afterAll(() => server.close());

/** The answer to exactly these bytes: a client library would correct them. */
async function raw(request: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  socket.end(request);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

const ask = (path: string, { method = 'GET', host = `127.0.0.1:${server.port}`, more = '' } = {}) =>
  raw(`${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${more}Connection: close\r\n\r\n`);
const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

describe('a server on loopback', () => {
  it('gives what it has to this machine, by either name', async () => {
    expect(await ask('/')).toMatch(/^HTTP\/1\.1 200 .*\r\n\r\n.*the page/s);
    expect(statusOf(await ask('/', { host: `localhost:${server.port}` }))).toBe(200);
    expect(statusOf(await ask('/', { host: `LOCALHOST:${server.port}` }))).toBe(200);
    expect(await ask('/', { method: 'HEAD' })).toMatch(/^HTTP\/1\.1 200 (?!.*the page)/s);
  });

  it('says on every answer that it is for no other page', async () => {
    for (const answer of [await ask('/'), await ask('/nowhere'), await ask('/', { host: 'evil.example' })]) {
      expect(answer).toMatch(/content-security-policy: .*frame-ancestors 'none'/i);
      for (const header of [
        'x-content-type-options: nosniff',
        'x-frame-options: DENY',
        'cache-control: no-store',
      ])
        expect(answer.toLowerCase()).toContain(header.toLowerCase());
      expect(answer).not.toMatch(/access-control/i);
    }
  });

  it.each([
    ['/../../etc/passwd', '/..%2f..%2fetc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/..\\..\\etc\\passwd'],
    ['//etc/passwd', '/./', '/?', '/#', '/%00', 'http://127.0.0.1/', '*', '/package.json', '/constructor'],
    ['/__proto__', '/report.html/..', '/%2F'],
  ])('knows no other path: %s, ...', async (...paths) => {
    for (const path of paths) expect(statusOf(await ask(path)), path).toBe(404);
  });

  it('refuses another host: a name that somebody lets point here is none of ours', async () => {
    const before = asked;
    const hosts = ['evil.example', `evil.example:${server.port}`, '127.0.0.1', 'localhost', '127.0.0.1:1'];
    for (const host of [...hosts, `127.0.0.1:${server.port}.evil.example`, `[::1]:${server.port}`])
      expect(statusOf(await ask('/', { host })), host).toBe(421);
    expect(statusOf(await raw('GET / HTTP/1.1\r\nConnection: close\r\n\r\n'))).toBe(400);
    expect(statusOf(await raw('GET / HTTP/1.0\r\n\r\n'))).toBe(421);
    expect(asked).toBe(before);
  });

  it('refuses pages of other origins, and other ports of this machine', async () => {
    const before = asked;
    for (const more of [
      ...['http://evil.example', 'null', 'http://127.0.0.1:1', `https://127.0.0.1:${server.port}`].map(
        (origin) => `Origin: ${origin}\r\n`,
      ),
      ...['cross-site', 'same-site', 'anything'].map((site) => `Sec-Fetch-Site: ${site}\r\n`),
    ])
      expect(statusOf(await ask('/', { more })), more).toBe(403);
    expect(asked).toBe(before);
    for (const more of [
      `Origin: http://127.0.0.1:${server.port}\r\n`,
      'Sec-Fetch-Site: same-origin\r\n',
      'Sec-Fetch-Site: none\r\n',
    ])
      expect(statusOf(await ask('/', { more })), more).toBe(200);
  });

  it('knows no other method', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE']) {
      const answer = await ask('/', { method });
      expect(statusOf(answer), method).toBe(405);
      expect(answer).toMatch(/allow: GET, HEAD/i);
    }
    expect(statusOf(await ask('/', { method: 'CONNECT' }))).not.toBe(200);
  });

  it('says nothing of what broke', async () => {
    const answer = await ask('/broken');
    expect(statusOf(answer)).toBe(500);
    expect(answer).not.toContain('secret');
  });

  it('listens on 127.0.0.1 and nowhere else', async () => {
    expect(server.address).toBe(`http://127.0.0.1:${server.port}/`);
    const others = Object.values(networkInterfaces()).flatMap((all = []) =>
      all.map(({ address }) => address),
    );
    for (const host of ['::1', '127.0.0.2', ...others].filter((address) => address !== '127.0.0.1')) {
      const outcome = await new Promise((resolve) => {
        const socket = connect({ port: server.port, host, timeout: 500 });
        socket.on('connect', () => resolve(`${host} answers`)).on('error', () => resolve('refused'));
        socket.on('timeout', () => resolve('refused'));
      });
      expect(outcome).toBe('refused');
    }
  });
});

it('says in one line that a port is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  await expect(serveLoopback(port, new Map())).rejects.toThrow(
    `--watch ${port}: another process listens there; name another port, or none for any free one`,
  );
  other.close();
});

it('ends though somebody holds a connection', async () => {
  const one = await serveLoopback(0, new Map([['/', (response) => void response.write('without end')]]));
  const socket = connect(one.port, '127.0.0.1');
  socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${one.port}\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  const start = Date.now();
  await one.close();
  expect(Date.now() - start).toBeLessThan(2000);
});
