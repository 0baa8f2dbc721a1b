import type { SpecResult } from './spec-result.ts';

/** Names of specs that need not pass, each with the reason. */
export type Exceptions = Readonly<Record<string, string>>;

/** A kind of failure that is known not to be ours, by what failing specs say. */
export interface KnownFailure {
  /** Names of the specs; all specs if absent. */
  readonly names?: RegExp;
  readonly message: RegExp;
  readonly reason: string;
}

/**
 * The problems, a line each: specs that pass on the reference and not here, and unnecessary exceptions. A spec that was not run
 * does not pass.
 */
export function compare(
  reference: readonly SpecResult[],
  here: readonly SpecResult[],
  exceptions: Exceptions = {},
  knownFailures: readonly KnownFailure[] = [],
): string[] {
  const byName = new Map(here.map((result) => [result.name, result]));
  const inReference = new Set(reference.map(({ name }) => name));
  const lost = reference
    .filter(({ name, outcome }) => outcome === 'passed' && byName.get(name)?.outcome !== 'passed')
    .map(({ name }) => byName.get(name) ?? { name, outcome: 'not run', failure: '' });
  const added = here.filter(({ name, outcome }) => outcome === 'failed' && !inReference.has(name));

  const failing = new Map([...lost, ...added].map((result) => [result.name, result]));
  const excepted = (name: string) => Object.hasOwn(exceptions, name);
  const known = ({ name, failure }: Pick<SpecResult, 'name' | 'failure'>) =>
    knownFailures.some(({ names, message }) => (names?.test(name) ?? true) && message.test(failure));
  return [
    ...[...failing.values()]
      .filter((result) => !excepted(result.name) && !known(result))
      .map(({ name, outcome, failure }) => `${outcome}: ${name}${failure && ` (${failure})`}`),
    ...Object.keys(exceptions)
      .filter((name) => !failing.has(name))
      .map((name) => `an exception without need: ${name}`),
  ];
}
