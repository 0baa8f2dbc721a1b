import type { Command } from 'commander';
import { UserError } from '../../base/user-error.ts';

/** Throws a UserError if one of these options was given, by their names in code: they mean nothing here. */
export function refuse(command: Command, names: readonly string[], reason: string): void {
  for (const { attributeName, flags } of command.options.map((option) => ({
    attributeName: option.attributeName(),
    flags: option.long ?? option.flags,
  })))
    if (names.includes(attributeName) && command.getOptionValueSource(attributeName) === 'cli')
      throw new UserError(`${flags}: ${reason}; leave it out`);
}

/** The one value of an option that may have several in another suite; undefined if it was not given. */
export function single<T>(flag: string, values: readonly T[] | undefined): T | undefined {
  if (values !== undefined && values.length > 1)
    throw new UserError(
      `${flag} ${values.join(',')}: several values are for --suite throughput; give one, and repeat the command for others`,
    );
  return values?.[0];
}
