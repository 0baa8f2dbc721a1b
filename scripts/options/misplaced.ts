import type { Command } from 'commander';
import { UserError } from '../../base/user-error.ts';

/** Throws a UserError where one of these options, by their names in code, was given: they mean nothing here. */
export function refuse(command: Command, names: readonly string[], reason: string): void {
  for (const { attributeName, flags } of command.options.map((option) => ({
    attributeName: option.attributeName(),
    flags: option.long ?? option.flags,
  })))
    if (names.includes(attributeName) && command.getOptionValueSource(attributeName) === 'cli')
      throw new UserError(`${flags}: ${reason}; leave it out`);
}

/** The one value of an option that takes several elsewhere; undefined where it was not given. */
export function single<T>(flag: string, values: readonly T[] | undefined): T | undefined {
  if (values !== undefined && values.length > 1)
    throw new UserError(
      `${flag} ${values.join(',')}: several values are for --suite throughput; give one, and repeat the command for others`,
    );
  return values?.[0];
}
