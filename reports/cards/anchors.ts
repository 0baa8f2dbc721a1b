/** An id on the page for every name, no two alike: `int8(md)` is method-int8-md. */
export function anchorsOf(names: readonly string[]): Map<string, string> {
  const taken = new Set<string>();
  return new Map(
    [...new Set(names)].sort().map((name) => {
      const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? [];
      const stem = ['method', ...words].join('-').slice(0, 60);
      let anchor = stem;
      for (let i = 2; taken.has(anchor); i++) anchor = `${stem}-${i}`;
      taken.add(anchor);
      return [name, anchor];
    }),
  );
}
