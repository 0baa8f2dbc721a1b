import { Command, Help, type Option } from 'commander';
import { shortLine } from '../terminal/printed.ts';

/**
 * The command of `npm run <name>`. A mistake in its arguments is one line on stderr that says what to do, and an
 * exception for `main`, so that no verb ends the process by itself.
 */
export function verb(name: string, usage: string): Command {
  return new Command(`npm run ${name} --`)
    .usage(usage)
    .helpOption('-h, --help', 'show this')
    .exitOverride()
    .configureHelp({ optionDescription })
    .configureOutput({ outputError: (text, write) => write(`${shortLine(oneLine(text, name))}\n`) });
}

/** Several default values as they are typed: 16,32, not JSON. */
function optionDescription(option: Option): string {
  const values: unknown = option.defaultValue;
  if (Array.isArray(values) && option.defaultValueDescription === undefined)
    option.default(values, values.join(','));
  return new Help().optionDescription(option);
}

function oneLine(text: string, name: string): string {
  const line = text.trim().replace(/\s*\n\s*/g, ' ');
  // The likely reason: npm took the options for its own, and left their values.
  if (line.includes('too many arguments'))
    return `${line} Options follow two dashes: npm run ${name} -- --option value`;
  return /[.)?]$|is invalid/.test(line) ? line : `${line}; npm run ${name} -- --help shows what there is`;
}
