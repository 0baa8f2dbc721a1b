import { UserError } from '../../base/user-error.ts';
import type { ManifestTable } from '../program/manifest.ts';
import type { Graph } from './graph.ts';
import { type IndexValue, isNone } from './index-operations.ts';
import { type ElementType, elementTypes } from './messages.ts';

/** Looks rows of a table up: [rows, columns, width]. */
export type LookUp = (indices: IndexValue) => string;

/**
 * A table as arrays of the graph, with a row of zeros at its end for `none`. 16-bit floats and 8-bit codes stay what they are; rows become
 * 32-bit floats after they are gathered. Throws a UserError that names another form.
 */
export function tableOf(graph: Graph, table: ManifestTable, bytes: Uint8Array): LookUp {
  const { stored, width, stride } = table;
  if (stored.kind === 'fp32' || stored.kind === 'fp16') {
    const [type, size] = stored.kind === 'fp32' ? (['float', 4] as const) : (['float16', 2] as const);
    const toFloats = (name: string) => type === 'float' ? name : graph.add('Cast', [name], { to: elementTypes.float }); // prettier-ignore
    if (stride === width) return plainRows(graph, table, type, bytes, size, toFloats);
    return overlappingRows(graph, table, type, bytes, size, toFloats);
  }
  if (stored.kind === 'row-wise' && stored.bits === 8 && stride === width && stored.block! % width === 0)
    return codedRows(graph, table, bytes, stored.block!);
  throw new UserError(
    `${table.tensor} is stored as ${inWords(stored)}, and model.onnx takes fp32, fp16 and row-wise codes of 8 bits; use the TypeScript or the Python reader`,
  );
}

function inWords(stored: ManifestTable['stored']): string {
  if ('element' in stored) return `${stored.kind} (${stored.element})`;
  return 'bits' in stored ? `${stored.kind} codes of ${stored.bits} bits` : stored.kind;
}

function plainRows(
  graph: Graph,
  { rows, width }: ManifestTable,
  type: ElementType,
  bytes: Uint8Array,
  size: number,
  toFloats: (name: string) => string,
): LookUp {
  const table = graph.tensor(type, [rows + 1, width], [bytes, new Uint8Array(width * size)]);
  return (indices) => toFloats(graph.add('Gather', [table, placed(graph, indices, rows)]));
}

/** Rows that overlap are gathered float by float. */
function overlappingRows(
  graph: Graph,
  { width, stride, floats }: ManifestTable,
  type: ElementType,
  bytes: Uint8Array,
  size: number,
  toFloats: (name: string) => string,
): LookUp {
  const zeros = Math.ceil(floats / stride) * stride; // the place of a row of zeros is a multiple of the stride
  const table = graph.tensor(type, [zeros + width], [bytes, new Uint8Array((zeros - floats + width) * size)]);
  const within = graph.integers([...Array(width).keys()]);
  return (indices) => {
    const starts = graph.add('Mul', [placed(graph, indices, zeros / stride), graph.integers([stride])]);
    const places = graph.add('Add', [graph.add('Unsqueeze', [starts, graph.integers([2])]), within]);
    return toFloats(graph.add('Gather', [table, places]));
  };
}

/** 8-bit codes with a scale and an offset for each block of whole rows. */
function codedRows(
  graph: Graph,
  { rows, width, floats }: ManifestTable,
  bytes: Uint8Array,
  block: number,
): LookUp {
  const blocks = Math.ceil(floats / block);
  const perBlock = block / width;
  const zeroRow = blocks * perBlock;
  const codes = new Uint8Array((zeroRow + 1) * width);
  const [scales, lowest] = [new Float32Array(blocks + 1), new Float32Array(blocks + 1)];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let b = 0; b < blocks; b++) {
    const start = b * (block + 8);
    const count = Math.min(block, rows * width - b * block);
    codes.set(bytes.subarray(start, start + count), b * block);
    scales[b] = view.getFloat32(start + count, true);
    lowest[b] = view.getFloat32(start + count + 4, true);
  }
  const ofCodes = graph.tensor('uint8', [zeroRow + 1, width], [codes]);
  const [ofScales, ofLowest] = [scales, lowest].map((floats) => graph.tensor('float', [blocks + 1, 1], [new Uint8Array(floats.buffer)])); // prettier-ignore
  return (indices) => {
    const row = placed(graph, indices, zeroRow);
    const ofBlock = perBlock === 1 ? row : graph.add('Div', [row, graph.integers([perBlock])]);
    const found = graph.add('Cast', [graph.add('Gather', [ofCodes, row])], { to: elementTypes.float });
    const scaled = graph.add('Mul', [found, graph.add('Gather', [ofScales, ofBlock])]);
    return graph.add('Add', [scaled, graph.add('Gather', [ofLowest, ofBlock])]);
  };
}

/** Indices with the row of zeros where there is none. */
function placed(graph: Graph, indices: IndexValue, zeroRow: number): string {
  if (!indices.mayBeNone) return indices.name;
  return graph.add('Where', [isNone(graph, indices), graph.integers([zeroRow]), indices.name]);
}
