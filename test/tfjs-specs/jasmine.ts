/** The part of jasmine 4 that is used; the package has no types. */
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
