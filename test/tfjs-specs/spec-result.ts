/** How one spec ended, or that something failed around specs: a suite's set-up, say. */
export interface SpecResult {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'pending';
  /** The failed expectations of a spec. */
  readonly failure: string;
}
