import { UserError } from '../base/user-error.ts';

type Value = string | number | boolean;

/**
 * The settings of a comparison: the flags of `embed-bench bench` by their names in code, `learningRate` for `--learning-rate`. Lists are
 * arrays; `false` is `--no-...`. Flags of data sets and models, of plug-ins too, are settings as well.
 */
export interface CompareSettings {
  /** Methods, or `all`; wrapped ones as `int8(md)`. */
  readonly method?: string | readonly string[];
  /** Ratios of full to serving bytes. */
  readonly compression?: number | readonly number[];
  readonly suite?: string;
  readonly seeds?: number;
  /** Options by owner and name: `{ 'md.temperature': 0.3 }`. */
  readonly set?: Readonly<Record<string, Value>>;
  /** Files or packages of plug-ins. */
  readonly plugin?: string | readonly string[];
  readonly dataset?: string;
  readonly data?: string | readonly string[];
  readonly rows?: number;
  readonly protocol?: 'temporal' | 'random' | 'given' | 'rolling';
  readonly cache?: string;
  readonly model?: string;
  readonly dim?: number;
  readonly batch?: number;
  readonly epochs?: number;
  readonly optimizer?: string;
  readonly learningRate?: number | readonly number[];
  readonly backend?: string;
  readonly threads?: number;
  readonly jobs?: number;
  /** GB that all runs at the same time may take. */
  readonly memory?: number;
  readonly baseline?: boolean;
  readonly references?: boolean;
  readonly margin?: number;
  /** The folder of the recording; one under results/ that the settings decide if absent. */
  readonly out?: string;
  readonly force?: boolean;
  readonly [flag: string]: Value | readonly Value[] | Readonly<Record<string, Value>> | undefined;
}

/** Flags that show something to a person, or that train nothing. */
const ofCommands = ['watch', 'open', 'json', 'plan', 'pilot', 'help', 'helpAll', 'version'];

/**
 * The arguments of the command with these settings; `known` are the flags that it has. A command has `--force` or `--no-references`: the other
 * value of each is how it is without the flag. Throws a UserError for a setting that no script has a use for.
 */
export function argumentsOf(settings: CompareSettings, known: ReadonlySet<string | undefined>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (ofCommands.includes(name)) throw new UserError(`${name}: that is for the command line; leave it out`);
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (typeof value === 'boolean') {
      const flags = [flag, flag.replace(/^--/, '--no-')];
      const [asked, other] = value ? flags : flags.reverse();
      return !known.has(asked) && known.has(other) ? [] : [asked];
    }
    if (name === 'plugin') return listOf(value).flatMap((one) => [flag, one]);
    if (typeof value === 'object' && !Array.isArray(value))
      return Object.entries(value).flatMap(([option, of]) => [flag, `${option}=${of}`]);
    return [flag, listOf(value).join(',')];
  });
}

/** The plug-ins of the settings. */
export const pluginsOf = ({ plugin = [] }: CompareSettings): string[] => listOf(plugin);

const listOf = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).map(String);
