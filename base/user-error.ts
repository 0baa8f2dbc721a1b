/**
 * An error that the user can correct. Its message is one line: the problem, its place, and advice. Scripts print it without a
 * stack trace and exit with code 2. Every other error is a defect of this project.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** The error for missing memory: a table's rows, their optimizer state, or the copy of the best epoch. */
export function noMemoryForTable(bytes: number): UserError {
  const gigabytes = (bytes / 1e9).toFixed(1);
  return new UserError(
    `no memory for a table of ${gigabytes} GB: take a higher --compression or a smaller --dim`,
  );
}
