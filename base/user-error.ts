/**
 * An error the user can act on: what is wrong, where, and what to do, in one line. Scripts print its message without a
 * stack trace and exit with code 2. Anything else that is thrown is a defect of this project.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** There is no memory for the rows of a table, their optimizer's state, or the copy of the best epoch. */
export function noMemoryForTable(bytes: number): UserError {
  const gigabytes = (bytes / 1e9).toFixed(1);
  return new UserError(
    `no memory for a table of ${gigabytes} GB: take a higher --compression or a smaller --dim`,
  );
}
