import fs from 'node:fs';
import type { z } from 'zod';
import { alternatives, separated } from '../../base/find-named.ts';
import { UserError } from '../../base/user-error.ts';
import { listFiles } from './list-files.ts';
import type { TableOptions } from './options.ts';
import { recognise } from './recognise.ts';
import { type TableSchema, tableSchema, tokenForms, type WrittenSchema } from './schema.ts';

/** The schema that a file and flags say together; flags replace what the file says. Throws a UserError that names what is wrong. */
export function schemaOf(options: TableOptions): TableSchema {
  const written = options.schema === undefined ? {} : readSchema(options.schema);
  const flags = fromFlags(options);
  const said = { ...written, ...flags };
  if ((said.label ?? said.counts) === undefined)
    throw new UserError(
      elsewhere(options.data) +
        'table needs a label: --label NAME, with a rule such as "rating>=4" if it is not 0 and 1, or --schema FILE; npm run data -- sniff FILE proposes one',
    );
  if (said.counts !== undefined && (said.label ?? said.weight) !== undefined)
    throw new UserError(
      `${options.schema}: counts are labels and weights: leave ${said.label === undefined ? 'the weight' : 'the label'} out`,
    );
  const parsed = tableSchema.safeParse(said);
  if (parsed.success) return parsed.data;
  throw new UserError(`${options.schema ?? 'table'}: ${firstIssue(parsed.error)}`);
}

/** A sentence about the format of the log, if its first bytes tell one that has a command of its own. */
function elsewhere(data: string | undefined): string {
  if (data === undefined) return '';
  const [{ path }] = listFiles(data);
  const found = recognise(path);
  return found === undefined ? '' : `${path} is ${found.what}: ${found.command}; `;
}

function readSchema(path: string): Partial<WrittenSchema> {
  let text: string;
  try {
    text = fs.readFileSync(path, 'utf8').replace(/^\ufeff/, ''); // a mark that editors put before the text
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what =
      code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`;
    throw new UserError(`${path}: ${what}; check the path given with --schema`);
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new UserError(
      `${path}: not valid JSON (${(error as Error).message}); correct it, or sniff the log again`,
    );
  }
  const parsed = tableSchema.partial().safeParse(content);
  if (!parsed.success) throw new UserError(`${path}: ${firstIssue(parsed.error)}`);
  return content as Partial<WrittenSchema>;
}

/** The first issue with its place, such as `numeric[0].form`. */
function firstIssue({ issues: [first] }: z.ZodError): string {
  const { issue, at } = innermost(first, []);
  const place = at.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  const named = place.replace(/^\./, '');
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys;
    if (named !== '') return `${named}: takes no "${key}"`;
    const meant = alternatives(Object.keys(tableSchema.shape), key);
    return `a schema has no "${key}": there are ${meant}`;
  }
  return `${named || 'content'}: ${issue.message}`;
}

/** Items of a list are a text or an object: the issue of the object, which an item with an issue is, unless it is neither. */
function innermost(
  issue: z.core.$ZodIssue,
  above: readonly PropertyKey[],
): { issue: z.core.$ZodIssue; at: readonly PropertyKey[] } {
  const at = [...above, ...issue.path];
  if (issue.code !== 'invalid_union') return { issue, at };
  const inner = issue.errors.find(([one]) => one.code !== 'invalid_type' || one.path.length > 0);
  return inner === undefined ? { issue, at } : innermost(inner[0], at);
}

/** `C1,site_*:hex` as columns with their forms. */
function categorical(list: string): WrittenSchema['categorical'] {
  return separated(list).map((item) => {
    const form = tokenForms.find((form) => item.endsWith(`:${form}`));
    return form === undefined ? item : { column: item.slice(0, -form.length - 1), form };
  });
}

/** `I*,price:integer`. */
function numeric(list: string): WrittenSchema['numeric'] {
  return separated(list).map((item) =>
    item.endsWith(':integer')
      ? { column: item.slice(0, -':integer'.length), form: 'integer' as const }
      : item,
  );
}

/** `genres:|,tags:;`: names and the characters between their values. */
function multi(list: string): WrittenSchema['multi'] {
  return list.split(/,(?=[^,])/).map((item) => {
    const match = /^(.+):(.)$/.exec(item.trim());
    if (match === null)
      throw new UserError(
        `--multi ${item}: expected a column and the character between its values, such as genres:|`,
      );
    return { column: match[1], separator: match[2] };
  });
}

function fromFlags(options: TableOptions): Partial<WrittenSchema> {
  const { label, separator, header, quote, missing, weight, part, drop, time } = options;
  const flags: Partial<WrittenSchema> = {
    label,
    separator,
    header,
    weight,
    part,
    time,
    ...(quote !== undefined && { quote: quote === 'none' ? '' : quote }),
    ...(missing !== undefined && { missing: ['', ...missing.split(',')] }),
    ...(drop !== undefined && { drop: separated(drop) }),
    ...(options.numeric !== undefined && { numeric: numeric(options.numeric) }),
    ...(options.categorical !== undefined && { categorical: categorical(options.categorical) }),
    ...(options.multi !== undefined && { multi: multi(options.multi) }),
  };
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}
