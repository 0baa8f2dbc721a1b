/** Facts that conformance has to know of a method beside its plan. A method not named here is tested without exceptions. */
export interface MethodTraits {
  /** Options beside the defaults that conformance should see. */
  readonly options?: readonly Record<string, unknown>[];
  /** Ids are hashed to rows: by chance some rows get none. All others must use every row they pay for. */
  readonly unusedRows?: true;
  /** Rows are given to ids while training: which are used at the start says nothing. */
  readonly rowsGivenLater?: true;
  /** Some rows wait for nothing while others train: why. */
  readonly idleRows?: string;
  /** Some ids are zero vectors by design, and are not trained. */
  readonly zeroVectors?: true;
  /** A full budget gives something else than a row per id: why. */
  readonly neverFull?: string;
  /** Standard deviation of the first vectors relative to a full table's, where not from 0.5 to 2: why, and what. */
  readonly startScale?: { readonly from: number; readonly to: number; readonly why: string };
  /** The gradient is not the derivative (straight-through estimators): why. */
  readonly noDerivative?: string;
  /** A vector moves in steps, and a small change of what is trained may not move it: why. */
  readonly stepwise?: string;
  /** Differences are near the derivative over a smaller step alone than where all is smooth: why. */
  readonly kinks?: string;
  /** Vectors of some ids are made of weights alone, which have to move them: why. */
  readonly decoded?: string;
  /** Stored arrays that scores on a small log do not depend on, and the reason. */
  readonly idleStorage?: string;
}
