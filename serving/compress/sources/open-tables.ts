import { basename } from 'node:path';
import { UserError } from '../../../base/user-error.ts';
import type { RowSource } from '../../../harness/contract/conversion.ts';
import { openSafetensors } from '../../safetensors/read.ts';
import { type FloatForm, floatBytes, rowSource } from './float-reader.ts';
import { openNpy } from './npy.ts';

/** A user's table, open to be read in pieces. */
export interface UserTable {
  readonly name: string;
  readonly form: FloatForm;
  readonly source: RowSource;
}

export interface OpenTables {
  readonly tables: readonly UserTable[];
  /** Names of tensors of the file that are not taken. */
  readonly others: readonly string[];
  readonly close: () => void;
}

/** Forms by NumPy's names. */
const npyForms: Readonly<Record<string, FloatForm>> = { '<f4': 'F32', '<f2': 'F16' };

const isNpy = (path: string) => path.toLowerCase().endsWith('.npy');

/**
 * The tables of a .npy file (one) or a .safetensors file: matrices of floats whose names match one of the patterns, in which `*` stands
 * for any text; all such matrices without patterns. Throws a UserError where there are none.
 */
export function openTables(path: string, patterns?: readonly string[]): OpenTables {
  if (/\.(npz|pt|pth|bin|ckpt|pkl|h5|csv|parquet)$/i.test(path))
    throw new UserError(`${path}: is neither a .safetensors nor a .npy file; docs/compress.md shows how to write one`); // prettier-ignore
  return isNpy(path) ? openArray(path, patterns) : openTensors(path, patterns);
}

function openArray(path: string, patterns?: readonly string[]): OpenTables {
  if (patterns !== undefined) throw new UserError(`${path}: has one table; leave --tables out`);
  const { descr, shape, read, close } = openNpy(path);
  const form = npyForms[descr];
  const problem =
    form === undefined ? `has elements of type ${descr}; a table has <f4 or <f2` : shapeProblem(shape);
  if (problem !== undefined) {
    close();
    throw new UserError(`${path}: ${problem}`);
  }
  const [rows, width] = shape;
  const name = basename(path).replace(/\.npy$/i, '');
  const source = rowSource({ name, path, rows, width, form, read });
  return { tables: [{ name, form, source }], others: [], close };
}

function openTensors(path: string, patterns?: readonly string[]): OpenTables {
  const { tensors, close } = openSafetensors(path);
  const wanted = patterns?.map(patternOf);
  const tables: UserTable[] = [];
  const others: string[] = [];
  const reasons: string[] = [];
  try {
    for (const { name, dtype, shape, read } of tensors.values()) {
      const asked = wanted?.some((pattern) => pattern.test(name));
      const form = dtype in floatBytes ? (dtype as FloatForm) : undefined;
      const problem =
        form === undefined ? `is of ${dtype}; tables are of F32, F16 or BF16` : shapeProblem(shape);
      if (problem !== undefined) reasons.push(`${name} ${problem}`);
      if (asked && problem !== undefined) throw new UserError(`${path}: ${name} ${problem}`);
      if (form === undefined || problem !== undefined || asked === false) others.push(name);
      else {
        const [rows, width] = shape;
        tables.push({ name, form, source: rowSource({ name, path, rows, width, form, read }) });
      }
    }
    if (tables.length === 0)
      throw new UserError(
        patterns === undefined
          ? `${path}: has no matrix of floats (F32, F16 or BF16)${reasons.length > 0 ? `: ${reasons[0]}` : ''}`
          : `${path}: no tensor has a name like ${patterns.join(', ')}; there are ${others.slice(0, 8).join(', ') || 'none'}`,
      );
  } catch (error) {
    close();
    throw error;
  }
  return { tables, others, close };
}

function shapeProblem(shape: readonly number[]): string | undefined {
  if (shape.length !== 2) return `has the shape [${shape.join(', ')}]; a table has rows and columns`;
  if (shape.includes(0)) return `has the shape [${shape.join(', ')}], and no floats`;
  if (shape[0] > 2 ** 31) return `has ${shape[0]} rows; ids go up to 2^31`;
  return undefined;
}

function patternOf(text: string): RegExp {
  const escaped = text.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`);
}
