import type { Published } from '../../analysis/leaderboards/same-data.ts';

/**
 * Paths of the site's pages from its root, as files have them; `addressOf` makes links of them. Folders of recordings keep
 * their names, methods get names that every file system takes: `int8(md)` is int8-md.
 */
export const reportPath = ({ folder }: Published) => `recordings/${folder}/report.html`;

/** A path for every name, no two alike on systems that do not tell case either. */
export function methodPaths(names: readonly string[]): Map<string, string> {
  const taken = new Set<string>();
  return new Map(
    [...new Set(names)].sort().map((name) => {
      const plain = name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '')
        .slice(0, 60);
      const stem = plain === '' ? 'method' : plain;
      let path = `methods/${stem}.html`;
      for (let i = 2; taken.has(path); i++) path = `methods/${stem}-${i}.html`;
      taken.add(path);
      return [name, path];
    }),
  );
}

/** A path as a relative link; `up` is `../` where the page that links lies in a folder. */
export function addressOf(path: string, up = ''): string {
  return up + path.split('/').map(encodeURIComponent).join('/');
}
