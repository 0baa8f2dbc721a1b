/** Key of the verbs that a package has, by their names under npm; start/embed-bench.js sets it. */
const spelledBy = Symbol.for('embed-bench.commands');

type Commands = Readonly<Record<string, string>>;

/** The verbs of the package that this process runs from, by their names under npm; undefined in a checkout. */
export const packageCommands = (): Commands | undefined =>
  (globalThis as { [spelledBy]?: Commands })[spelledBy];

/**
 * A text for the user with commands as they are typed here. Texts say `npm run bench -- --method md`; a package has `npx embed-bench bench
 * --method md`. A command that packages lack is one of a checkout.
 */
export function spelled(text: string): string {
  const commands = packageCommands();
  if (commands === undefined) return text;
  return text
    .replace(/\bnpm run (?:-s )?([\w:-]+)((?: --)?)/g, (whole, name: string) =>
      name in commands ? `npx embed-bench ${commands[name]}` : `${whole} (in a checkout)`,
    )
    .replace(/\bnpm ci\b/g, 'npm install embed-bench');
}
