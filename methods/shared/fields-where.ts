/** The positions of the fields that pass a test of what each field has. */
export function fieldsWhere<T>(values: readonly T[], test: (value: T, field: number) => boolean): number[] {
  return values.flatMap((value, f) => (test(value, f) ? [f] : []));
}
