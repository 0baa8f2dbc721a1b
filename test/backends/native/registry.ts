import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Published {
  readonly manifest: { readonly name: string; readonly version: string };
  /** Its tarball. */
  readonly file: string;
}

/** An npm registry on this machine that has these packages and no others; its address. It ends with the test. */
export async function registry(packages: readonly Published[]): Promise<string> {
  const server = createServer(({ url = '' }, response) => {
    const wanted = decodeURIComponent(url.slice(1));
    const found = packages.find(
      ({ manifest }) => wanted === manifest.name || wanted === `${manifest.name}.tgz`,
    );
    if (found === undefined) return void response.writeHead(404).end('{}');
    if (wanted.endsWith('.tgz')) return void response.end(readFileSync(found.file));
    const { manifest, file } = found;
    const integrity = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
    const dist = { integrity, tarball: `${address()}/${encodeURIComponent(manifest.name)}.tgz` };
    const versions = { [manifest.version]: { ...manifest, dist } };
    response.end(
      JSON.stringify({ name: manifest.name, 'dist-tags': { latest: manifest.version }, versions }),
    );
  });
  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return address();
}
