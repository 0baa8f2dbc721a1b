import { UserError } from '../../../base/user-error.ts';

const maxRedirects = 5;

/** fetch that no redirect leads away from https. Throws a UserError, and asks nobody, where an address has another scheme. */
export async function fetchSecurely(url: string, init: RequestInit = {}): Promise<Response> {
  let address = url;
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    if (!URL.canParse(address) || new URL(address).protocol !== 'https:')
      throw new UserError(`${withoutSecrets(address)} is not fetched: only https addresses are`);
    const [plain, headers] = withoutUser(address);
    const response = await fetch(plain, { ...init, headers, redirect: 'manual' });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    await response.body?.cancel();
    address = new URL(location, plain).href;
  }
  throw new UserError(`${withoutSecrets(url)} is not fetched: it leads from one address to the next`);
}

/** fetch takes no user in an address: it goes into a header, and to no other server that this one names. */
function withoutUser(address: string): [plain: string, headers: Record<string, string>] {
  const url = new URL(address);
  const { username, password } = url;
  if (username === '' && password === '') return [address, {}];
  [url.username, url.password] = ['', ''];
  const user = Buffer.from(`${decoded(username)}:${decoded(password)}`);
  return [url.href, { authorization: `Basic ${user.toString('base64')}` }];
}

/** Decodes percent encoding; text that is none stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Text whose addresses have neither users, passwords nor queries: tokens may be in any of them. */
export function withoutSecrets(text: string): string {
  return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)([^\s'"<>]*)/gi, (_, scheme: string, rest: string) => {
    const [place] = rest.split(/[?#]/);
    const [host, ...path] = place.split('/');
    return [scheme + host.slice(host.lastIndexOf('@') + 1), ...path].join('/');
  });
}
