/** The part of a rule that is meant here. */
interface Rule {
  readonly name: string;
  readonly hyperParameters: Readonly<Record<string, number>>;
}

/**
 * Numbers of rules beside the learning rate, where a run sets others than the defaults. They belong to the process: kernels
 * of all backends know a rule by its name, and a process trains one run at a time.
 */
const changed = new Map<string, Readonly<Record<string, number>>>();

/** Sets numbers of a rule for all steps that follow in this process. Returns what puts back those before. */
export function setHyperParameters(
  { name, hyperParameters }: Rule,
  values: Readonly<Record<string, number>>,
): () => void {
  for (const key of Object.keys(values))
    if (!(key in hyperParameters)) throw new RangeError(`optimizer rule ${name} has no ${key}`);
  const before = changed.get(name);
  changed.set(name, values);
  return () => {
    if (before === undefined) changed.delete(name);
    else changed.set(name, before);
  };
}

/** The numbers that hold now. */
export function hyperParametersOf({ name, hyperParameters }: Rule): Rule['hyperParameters'] {
  const own = changed.get(name);
  return own === undefined ? hyperParameters : { ...hyperParameters, ...own };
}
