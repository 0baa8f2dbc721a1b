import util from 'node:util';

/**
 * The package calls two functions of node:util that Node 23 removed, in its last release still. Puts them back where they
 * are missing; to be called before the package is loaded.
 */
export function restoreRemovedFunctions(): void {
  const functions = util as unknown as Record<string, unknown>;
  functions.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  functions.isArray ??= Array.isArray;
}
