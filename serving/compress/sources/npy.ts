import fs from 'node:fs';
import { UserError } from '../../../base/user-error.ts';
import { readFully } from '../../read-fully.ts';

/** An open .npy file (NumPy's format, version 1 or 2). Only its header is in memory. */
export interface OpenNpy {
  readonly path: string;
  /** NumPy's name of the element type, such as `<f4`. */
  readonly descr: string;
  readonly shape: readonly number[];
  /** Bytes `from`..`from + count` of the array, row-major. */
  readonly read: (from: number, count: number) => Uint8Array<ArrayBuffer>;
  readonly close: () => void;
}

const magic = '\x93NUMPY';

/** Opens an array of numbers in C order. Throws a UserError of one line for anything else. */
export function openNpy(path: string): OpenNpy {
  const wrong = (problem: string) => new UserError(`${path}: ${problem}`);
  const file = openFile(path);
  try {
    const { size } = fs.fstatSync(file);
    const start = readFully(file, path, 0, Math.min(size, 12));
    if (size < 12 || Buffer.from(start.subarray(0, 6)).toString('latin1') !== magic)
      throw wrong('is no .npy file; write it with numpy.save');
    const version = start[6];
    if (version !== 1 && version !== 2)
      throw wrong(`is a .npy file of version ${version}; versions 1 and 2 are read, which numpy.save writes for arrays of numbers`); // prettier-ignore
    const view = new DataView(start.buffer);
    const [first, length] = version === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
    if (first + length > size) throw wrong('ends within its header; write it again');
    const text = Buffer.from(readFully(file, path, first, length)).toString('latin1');
    const { descr, fortran, shape } = parseHeader(text, wrong);
    if (fortran && shape.length > 1)
      throw wrong('is in Fortran order; write it with numpy.save(path, numpy.ascontiguousarray(array))');
    const bytes = shape.reduce((product, side) => product * side, bytesOf(descr, wrong));
    const data = first + length;
    if (size - data !== bytes)
      throw wrong(`has ${size - data} bytes behind its header, ${descr} (${shape.join(', ')}) takes ${bytes}; write it again`); // prettier-ignore
    const read = (from: number, count: number) => {
      if (from < 0 || from + count > bytes) throw new RangeError(`bytes ${from} to ${from + count} of ${bytes}`); // prettier-ignore
      return readFully(file, path, data + from, count);
    };
    return { path, descr, shape, read, close: () => fs.closeSync(file) };
  } catch (error) {
    fs.closeSync(file);
    throw error;
  }
}

function openFile(path: string): number {
  try {
    if (fs.statSync(path).isDirectory()) throw new UserError(`${path}: is a folder; name a .npy file`);
    return fs.openSync(path, 'r');
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`${path}: ${code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`}; name a .npy file`); // prettier-ignore
  }
}

type Wrong = (problem: string) => UserError;

/** The header is a Python dictionary: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), } */
function parseHeader(text: string, wrong: Wrong) {
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const sides = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  if (order === undefined || sides === undefined || descr === undefined)
    throw wrong('has a header that does not say type, order and shape of one array of numbers; write it with numpy.save'); // prettier-ignore
  const shape = sides.split(',').flatMap((side) => (side.trim() === '' ? [] : [Number(side)]));
  return { descr, fortran: order === 'True', shape };
}

function bytesOf(descr: string, wrong: Wrong): number {
  const found = /^([<|])([fiub])(1|2|4|8)$/.exec(descr);
  if (found === null)
    throw wrong(`has elements of type ${descr}; little-endian floats and integers are read`);
  return Number(found[3]);
}
