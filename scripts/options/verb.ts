import { spelled } from '../../base/command-spelling.ts';
import { projectUrl } from '../../base/project-root.ts';
import { UserError } from '../../base/user-error.ts';
import { Command, Help, type Option } from 'commander';
import { readFileSync } from 'node:fs';
import { shortLine } from '../terminal/printed.ts';

const { version } = JSON.parse(readFileSync(new URL('package.json', projectUrl), 'utf8')) as {
  version: string;
};

/**
 * The command of `npm run <name>`. A mistake in its arguments is one line on stderr that says what to do, and an
 * exception for `main`, so that no verb ends the process by itself. `--version` prints the version of embed-bench, unless the verb has
 * an option of that name.
 */
export function verb(name: string, usage: string, { ownVersion = false } = {}): Command {
  const command = new Command(`npm run ${name} --`)
    .usage(usage)
    .optionsGroup('Help:')
    .helpOption('-h, --help', 'this help')
    .exitOverride()
    .configureHelp({ optionDescription, groupItems })
    .configureOutput({
      writeOut: (text) => void process.stdout.write(spelled(text)),
      outputError: (text, write) => write(`${shortLine(oneLine(text, name))}\n`),
    });
  refuseRepeated(command);
  if (!ownVersion) command.version(version, '-V, --version', 'version of embed-bench');
  return command.optionsGroup('Options:');
}

/**
 * Makes a list of names that is given twice an error, such as `--method md --method qr`: the last one would win in silence. Values of other
 * options may be given again, as shells and scripts do to override them.
 */
function refuseRepeated(command: Command): void {
  const add = command.addOption.bind(command);
  command.addOption = (option) => {
    let times = 0;
    if (/<names>$/.test(option.flags))
      command.on(`option:${option.name()}`, () => {
        if (++times > 1)
          command.error(`error: ${option.long} is given twice; give one list, separated by commas`);
      });
    try {
      return add(option);
    } catch (error) {
      // Flags of this project's own models and data sets do not clash.
      throw new UserError(`a plug-in has a flag of this command: ${(error as Error).message.trim()}`);
    }
  };
}

export interface ShortHelp {
  /** Options that `--help` shows, by their names in code; `--help-all` shows all. */
  readonly shown: readonly string[];
  readonly examples: string;
  /** A text that only `--help-all` shows. */
  readonly details: string;
}

/** Gives a command with many options a short `--help`, and the whole under `--help-all`. */
export function withShortHelp(command: Command, { shown, examples, details }: ShortHelp): Command {
  let all = false;
  const asks = (option: Option) => asking.includes(option.long!);
  const visibleOptions: Help['visibleOptions'] = (given) => {
    const options = new Help().visibleOptions(given);
    const wanted = options.filter(
      (option) => !asks(option) && (all || shown.includes(option.attributeName())),
    );
    return [...wanted, ...options.filter(asks)];
  };
  command
    .configureHelp({ optionDescription, groupItems, visibleOptions })
    .optionsGroup('Help:')
    .option('--help-all', 'help with all options')
    .addHelpText('after', () => (all ? `${details}\n${examples}` : examples));
  return command.on('option:help-all', () => {
    all = true;
    command.help();
  });
}

/** The options that ask about the command itself. */
const asking = ['--help', '--help-all', '--version'];

/** Groups of options in the order in which they were added, the questions about the command itself last. */
const groupItems: Help['groupItems'] = (...args) => {
  const groups = new Help().groupItems(...args);
  const asking = groups.get('Help:');
  if (asking !== undefined && groups.delete('Help:')) groups.set('Help:', asking);
  return groups;
};

/** Several default values as they are typed: 16,32, not JSON. */
function optionDescription(option: Option): string {
  const values: unknown = option.defaultValue;
  if (Array.isArray(values) && option.defaultValueDescription === undefined)
    option.default(values, values.join(','));
  return new Help().optionDescription(option);
}

function oneLine(text: string, name: string): string {
  const line = text.trim().replace(/\s*\n\s*/g, ' ');
  // The likely cause: npm took the options as its own and passed only their values.
  if (line.includes('too many arguments'))
    return `${line} Options follow two dashes: npm run ${name} -- --option value`;
  return /[.)?]$|is invalid/.test(line) ? line : `${line}; npm run ${name} -- --help shows what there is`;
}
