import { format } from 'node:util';

/** The title of one of several cases, as Vitest writes it: `$name ($ratio x)` from an object, `%i x` from a list of values. */
export function titleOf(template: string, row: readonly unknown[], index: number): string {
  const [first] = row;
  const named = template.replace(/\$([\w.]+)/g, (whole, path: string) => {
    if (typeof first !== 'object' || first === null) return whole;
    const value = path
      .split('.')
      .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], first);
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
  if (!/%[a-zA-Z#]/.test(named)) return named;
  const numbered = named.replace(/%#/g, String(index));
  const places = numbered.match(/%[sdifjoO]/g)?.length ?? 0;
  return format(numbered, ...row.slice(0, places));
}
