/** What is used of jasmine 4, which has no types of its own. */
export type JasmineRunner = new () => {
  exitOnCompletion: boolean;
  readonly jasmine: { DEFAULT_TIMEOUT_INTERVAL: number };
  readonly env: {
    configure(options: { random: boolean; specFilter(spec: { getFullName(): string }): boolean }): void;
  };
  clearReporters(): void;
  addReporter(reporter: {
    specStarted(spec: { readonly fullName: string }): void;
    specDone(result: Done & { readonly fullName: string }): void;
    suiteDone(result: Done & { readonly fullName: string }): void;
    jasmineDone(result: Done): void;
  }): void;
  execute(): Promise<unknown>;
};

export interface Done {
  readonly status?: string;
  readonly failedExpectations: readonly { readonly message: string }[];
}
