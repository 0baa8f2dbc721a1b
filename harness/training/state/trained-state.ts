import * as tf from '../../../tensors/index.ts';
import type { RowPieces, Rows } from '../../contract/backend.ts';
import type { FloatSink } from '../../contract/stage-shelf.ts';
import { tableRows } from '../../contract/table-shape.ts';
import type { Trainer } from '../trainer.ts';

/**
 * All that training changes in a trainer, in one order: variables of the network, then weights of the plan, each with its
 * optimizer's state; then tables, each with its own. Tables go through one piece of memory.
 */

/** Floats in memory at once, or one row where that is wider. */
const pieceFloats = 2 ** 18;

/** Floats of it, and the steps that optimizers count. Undefined where a table cannot be had in pieces. */
export function trainedStateOf(
  trainer: Trainer,
): { readonly floats: number; readonly steps: readonly number[] } | undefined {
  const tables = tablesOf(trainer);
  if (tables === undefined) return undefined;
  let floats = 0;
  const steps: number[] = [];
  for (const variable of variablesOf(trainer)) {
    const state = trainer.stateOf(variable);
    floats += variable.size + (state?.tensors.reduce((sum, { size }) => sum + size, 0) ?? 0);
    steps.push(state?.steps ?? 0);
  }
  for (const { rows, pieces } of tables) {
    floats += tableRows(rows.table) * rows.table.width;
    floats += pieces.stateLengths.reduce((sum, length) => sum + length, 0);
    steps.push(pieces.steps);
  }
  return { floats, steps };
}

export async function writeTrainedState(trainer: Trainer, sink: FloatSink): Promise<void> {
  for (const variable of variablesOf(trainer))
    for (const tensor of [variable, ...(trainer.stateOf(variable)?.tensors ?? [])])
      sink.write(await tensor.data<'float32'>());
  for (const { rows, pieces } of tablesOf(trainer)!) {
    for (const { from, to, floats } of piecesOf(tableRows(rows.table), rows.table.width)) {
      pieces.readRows(from, to, floats);
      sink.write(floats);
    }
    for (const [array, length] of pieces.stateLengths.entries())
      for (const { from, floats } of piecesOf(length, 1)) {
        pieces.readState(array, from, floats);
        sink.write(floats);
      }
  }
}

/** Brings a trainer of the same plan into the state that was written. */
export function readTrainedState(
  trainer: Trainer,
  steps: readonly number[],
  read: (into: Float32Array) => void,
): void {
  const counted = steps.values();
  const nextSteps = () => {
    const { value, done } = counted.next();
    if (done) throw new Error('the state is of another trainer');
    return value;
  };
  for (const variable of variablesOf(trainer)) {
    const state = trainer.stateOf(variable);
    for (const tensor of [variable, ...(state?.tensors ?? [])]) assignRead(tensor, read);
    const own = nextSteps();
    if (state) state.steps = own;
  }
  for (const { rows, pieces } of tablesOf(trainer)!) {
    for (const piece of piecesOf(tableRows(rows.table), rows.table.width)) {
      read(piece.floats);
      writeRowPiece(rows, piece);
    }
    for (const [array, length] of pieces.stateLengths.entries())
      for (const { from, floats } of piecesOf(length, 1)) {
        read(floats);
        writeChanged(pieces, array, from, floats);
      }
    pieces.setSteps(nextSteps());
  }
}

/** Sets a variable to floats that are read. */
export function assignRead(variable: tf.Variable, read: (into: Float32Array) => void): void {
  const floats = new Float32Array(variable.size);
  read(floats);
  tf.tidy(() => variable.assign(tf.tensor(floats, variable.shape)));
}

/** Sets the rows of a piece, whose state of the optimizer stays. */
export function writeRowPiece(rows: Rows, { from, to, floats }: Piece): void {
  const places = Uint32Array.from({ length: to - from }, (_, i) => from + i);
  rows.write(places, floats, true);
}

/** Floats of a page of memory. */
const pageFloats = 1024;

/**
 * Writes what is not there yet, page by page: the state of rows that nobody has looked up is zero, and takes no memory before
 * it is written.
 */
function writeChanged(pieces: RowPieces, array: number, from: number, floats: Float32Array): void {
  const there = new Float32Array(pageFloats);
  for (let at = 0; at < floats.length; at += pageFloats) {
    const page = floats.subarray(at, at + pageFloats);
    const before = there.subarray(0, page.length);
    pieces.readState(array, from + at, before);
    if (!sameBits(page, before)) pieces.writeState(array, from + at, page);
  }
}

function sameBits(a: Float32Array, b: Float32Array): boolean {
  const [one, other] = [a, b].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  return Buffer.compare(one, other) === 0;
}

/** The same variables in every process: those of the network, then the weights of the plan. */
function variablesOf({ network, embedding }: Trainer): readonly tf.Variable[] {
  const weights = embedding.plan.weights ?? [];
  return [...network.variables, ...weights.map((weight) => embedding.variableOf(weight))];
}

/** The rows of all tables; undefined where those of one cannot be had in pieces. */
export function tablesOf({ embedding }: Trainer): { rows: Rows; pieces: RowPieces }[] | undefined {
  const all = embedding.plan.tables.map((table) => embedding.rowsOf(table));
  const found = all.flatMap((rows) => (rows.pieces ? [{ rows, pieces: rows.pieces }] : []));
  return found.length === all.length ? found : undefined;
}

interface Piece {
  readonly from: number;
  readonly to: number;
  /** [to - from, width], in memory that the next piece uses again. */
  readonly floats: Float32Array;
}

/** Cuts so many rows of a width into pieces. */
export function* piecesOf(count: number, width: number): Generator<Piece> {
  const most = Math.max(1, Math.floor(pieceFloats / width));
  const memory = new Float32Array(Math.min(most, count) * width);
  for (let from = 0; from < count; from += most) {
    const to = Math.min(count, from + most);
    yield { from, to, floats: memory.subarray(0, (to - from) * width) };
  }
}
