/** The columns of a Criteo line, in order: the label, 13 integers I1-I13, 26 categories C1-C26. */

export const integerColumns: readonly string[] = Array.from({ length: 13 }, (_, i) => `I${i + 1}`);
export const categoryColumns: readonly string[] = Array.from({ length: 26 }, (_, i) => `C${i + 1}`);
export const columnNames: readonly string[] = ['label', ...integerColumns, ...categoryColumns];
