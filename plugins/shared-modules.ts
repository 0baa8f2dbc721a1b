import * as nodeModule from 'node:module';

/** The names that plug-ins import this project's code by: `embed-bench/method`. */
export const entryNames = ['method', 'model', 'dataset'] as const;
export type EntryName = (typeof entryNames)[number];

type Namespace = Readonly<Record<string, unknown>>;

/** Key of the modules that this process runs, by entry. `start/entries.js` looks there too. */
const sharedBy = Symbol.for('embed-bench.entries');

let ready: Promise<Readonly<Record<EntryName, Namespace>>> | undefined;

/**
 * Makes an import of `embed-bench/method` in a plug-in give the modules that this process runs, wherever the plug-in lies, and whatever
 * version its folder has installed: tensors, identities of tables and known embeds must be those of the harness.
 */
export async function shareModules(): Promise<Readonly<Record<EntryName, Namespace>>> {
  ready ??= share();
  return ready;
}

async function share() {
  const [method, model, dataset] = await Promise.all([
    import('./entries/method.ts'),
    import('./entries/model.ts'),
    import('./entries/dataset.ts'),
  ]);
  const modules = { method, model, dataset } as unknown as Record<EntryName, Namespace>;
  Object.assign(globalThis, { [sharedBy]: modules });
  const urls = Object.fromEntries(
    entryNames.map((name) => [`embed-bench/${name}`, moduleUrl(name, modules[name])]),
  );
  resolveTo(urls);
  return modules;
}

/** A module whose exports are those of the running one. */
function moduleUrl(name: EntryName, namespace: Namespace): string {
  const names = Object.keys(namespace).filter((key) => key !== 'default');
  const text = `export const { ${names.join(', ')} } = globalThis[Symbol.for('embed-bench.entries')].${name};`;
  return `data:text/javascript,${encodeURIComponent(text)}`;
}

type Resolved = { readonly url: string; readonly format?: string | null; readonly shortCircuit?: boolean };
type Next = (specifier: string, context?: object) => Resolved;
interface Hooks {
  resolve(specifier: string, context: object, next: Next): Resolved;
}

/** Node 22.15 and later resolve in this thread; earlier versions in one of their own, which gets the same as text. */
function resolveTo(urls: Readonly<Record<string, string>>): void {
  const { registerHooks } = nodeModule as { registerHooks?: (hooks: Hooks) => void };
  if (registerHooks !== undefined) {
    const resolve: Hooks['resolve'] = (specifier, context, next) => {
      if (specifier in urls) return { url: urls[specifier], shortCircuit: true };
      const found = next(specifier, context);
      // Without a package.json beside it Node would try a file as CommonJS first, and warn.
      const untyped = found.format === undefined || found.format === null;
      return untyped && found.url.endsWith('.ts') ? { ...found, format: 'module-typescript' } : found;
    };
    registerHooks({ resolve });
    return;
  }
  const text = `
    const urls = ${JSON.stringify(urls)};
    export const resolve = (specifier, context, next) =>
      specifier in urls ? { url: urls[specifier], shortCircuit: true } : next(specifier, context);`;
  nodeModule.register(`data:text/javascript,${encodeURIComponent(text)}`);
}
