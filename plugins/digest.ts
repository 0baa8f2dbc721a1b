import { hash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { PluginPlace } from './find-plugin.ts';

/** Files that may decide numbers. */
const code = /\.([cm]?[jt]sx?|json|wasm|node)$/;
/** Files in which imports are looked for. */
const script = /\.[cm]?[jt]sx?$/;

/**
 * Sixteen hex digits of a hash of a plug-in's code, without running it: the file with all files that it imports by paths, or all
 * files of a package; and name and version of every package that those import. The same code has the same digest in any folder and on any
 * version of Node. Files that the code reads by itself are no part of it.
 */
export function pluginDigest({ file, folder }: PluginPlace): string {
  const root = folder ?? dirname(file);
  const packages = new Set<string>();
  const digests = new Map<string, string>();
  const waiting = folder === undefined ? [file] : codeIn(folder);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const name = relative(root, next).replaceAll(sep, '/');
    if (digests.has(name)) continue;
    const bytes = readFileSync(next);
    digests.set(name, hash('sha256', bytes));
    if (!script.test(next)) continue;
    for (const wanted of importsOf(bytes.toString('utf8')))
      if (/^\.{1,2}(\/|$)|^\//.test(wanted)) waiting.push(...fileOf(resolve(dirname(next), wanted)));
      else if (!isBuiltin(wanted)) packages.add(packageOf(wanted, dirname(next)));
  }
  // The name of a file alone changes nothing: it is left out.
  const own = folder === undefined ? relative(root, file).replaceAll(sep, '/') : undefined;
  const files = [...digests].map(([name, digest]) => `${name === own ? '' : name} ${digest}`);
  return hash('sha256', [...files.sort(), ...[...packages].sort()].join('\n')).slice(0, 16);
}

/** Code in a package's folder, packages inside it and hidden folders left out. */
function codeIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) return [];
    if (entry.isDirectory()) return codeIn(path);
    // A link to a file is followed; one to a folder is not, as it may lead back here.
    const isFile = entry.isFile() || (entry.isSymbolicLink() && fileOf(path).includes(path));
    return isFile && code.test(entry.name) ? [path] : [];
  });
}

/**
 * The modules that a text imports. The text is not parsed: a path in a comment counts as well, which costs nothing but a new digest
 * when that file changes.
 */
export function importsOf(text: string): string[] {
  const forms = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*|\bnew\s+URL\s*\(\s*)(["'`])([^"'`\n]+)\1/g;
  return [...text.matchAll(forms)].map(([, , wanted]) => wanted);
}

/** The file that a relative import stands for; none if it cannot be found, which the import itself reports. */
function fileOf(path: string): string[] {
  const asTypeScript = path.replace(/\.([cm]?)js$/, '.$1ts');
  const endings = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json', '/index.ts', '/index.js'];
  const found = [path, asTypeScript, ...endings.map((ending) => path + ending)].find(
    (candidate) => existsSync(candidate) && statSync(candidate).isFile(),
  );
  return found === undefined ? [] : [found];
}

/** `name@version` of an imported package; the name alone for this project, whose commit is in the environment. */
function packageOf(wanted: string, from: string): string {
  const [name] = /^(?:@[^/]+\/)?[^/]+/.exec(wanted) ?? [wanted];
  if (name === 'embed-bench') return name;
  for (let folder = from; ; folder = dirname(folder)) {
    const manifest = join(folder, 'node_modules', name, 'package.json');
    if (existsSync(manifest)) {
      const { version = '' } = JSON.parse(readFileSync(manifest, 'utf8')) as { version?: string };
      return `${name}@${version}`;
    }
    if (folder === dirname(folder)) return name;
  }
}
