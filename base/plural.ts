/** `1 seed`, `3 seeds`: a count and its noun, which takes an s. `written`: the count as text, where it has separators. */
export function plural(count: number, noun: string, written = String(count)): string {
  return `${written} ${noun}${count === 1 ? '' : 's'}`;
}
