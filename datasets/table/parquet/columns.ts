import type { FileMetaData, SchemaElement } from 'hyparquet';
import { type Form, formOf } from './form.ts';
import type { Physical } from './plain.ts';

/** A leaf of the schema: all that is stored. */
export interface ParquetColumn {
  /** `user`, or `device.os` inside a group. */
  readonly name: string;
  /** Its number among the chunks of a row group. */
  readonly leaf: number;
  readonly physical: Physical;
  /** Bytes of a value of FIXED_LEN_BYTE_ARRAY. */
  readonly length: number;
  readonly form: Form;
  /** For people: `INT64`, `list of text`. */
  readonly type: string;
  /** Definition level of a value that is there. */
  readonly definition: number;
  /** Definition level of an entry of the list, be it null; 0 without a list. */
  readonly listed: number;
  /** A list: one row has several values. */
  readonly list: boolean;
  /** The reason why it cannot be a column of a table. */
  readonly unusable?: string;
}

/** Nested deeper than any table; a damaged footer may say anything. */
const mostDepth = 32;

/** The leaves of a schema, in the order of the chunks. Throws an Error where the schema is no tree. */
export function columnsOf({ schema }: FileMetaData): ParquetColumn[] {
  const columns: ParquetColumn[] = [];
  let at = 1; // behind the root
  const visit = (above: readonly SchemaElement[]): void => {
    const element = schema[at++];
    if (element === undefined || above.length > mostDepth) throw new Error('its schema is no tree');
    const path = [...above, element];
    const children = element.num_children ?? 0;
    if (element.type === undefined) for (let child = 0; child < children; child++) visit(path);
    else columns.push(columnAt(path, columns.length));
  };
  for (let child = 0; child < (schema[0]?.num_children ?? 0); child++) visit([]);
  if (at !== schema.length) throw new Error('its schema is no tree');
  return columns;
}

function columnAt(path: readonly SchemaElement[], leaf: number): ParquetColumn {
  const element = path.at(-1)!;
  const { form, type } = formOf(element);
  let [definition, listed] = [0, 0];
  for (const { repetition_type } of path) {
    if (repetition_type !== 'REQUIRED') definition++;
    if (repetition_type === 'REPEATED') listed = definition;
  }
  const repeated = path.findIndex(({ repetition_type }) => repetition_type === 'REPEATED');
  const unusable = repeated < 0 ? undefined : listProblem(path, repeated);
  // The name of a list is that of the group around it, which has nothing else in it.
  const named =
    repeated < 0 || unusable !== undefined
      ? path
      : path.slice(0, isList(path[repeated - 1]) ? repeated : repeated + 1);
  return {
    name: named.map(({ name }) => name).join('.'),
    leaf,
    physical: element.type as Physical,
    length: element.type_length ?? 0,
    form,
    type: repeated < 0 ? type : unusable === undefined ? `list of ${type}` : unusable,
    definition,
    listed,
    list: repeated >= 0,
    ...(unusable !== undefined && { unusable }),
  };
}

const isList = (element: SchemaElement | undefined) =>
  element?.converted_type === 'LIST' || element?.logical_type?.type === 'LIST';

/** A list is one repeated group or value that has one value in it, in whatever number of groups. */
function listProblem(path: readonly SchemaElement[], repeated: number): string | undefined {
  const isMap = ({ converted_type, logical_type }: SchemaElement) =>
    converted_type === 'MAP' || converted_type === 'MAP_KEY_VALUE' || logical_type?.type === 'MAP';
  if (path.some(isMap)) return 'map';
  if (path.slice(repeated + 1).some(({ repetition_type }) => repetition_type === 'REPEATED'))
    return 'list of lists';
  if (path.slice(repeated, -1).some(({ num_children }) => num_children !== 1)) return 'list of groups';
  return undefined;
}
