/** A reason to refuse a contributed recording. */
export interface Problem {
  /** A file of the folder, or `run <id>`. */
  readonly where: string;
  readonly what: string;
}

/** Problems of one place. */
export const problemsAt = (where: string, whats: readonly string[]): Problem[] =>
  whats.map((what) => ({ where, what }));

export const atRun = (id: string, what: string): Problem => ({ where: `run ${id}`, what });
