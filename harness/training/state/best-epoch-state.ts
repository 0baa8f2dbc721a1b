import type { ByteSink } from '../../contract/checkpoints.ts';
import { tableRows } from '../../contract/table-shape.ts';
import { sum } from '../../../base/sum.ts';
import { assignRead, piecesOf, tablesOf, writeRowPiece } from './trained-state.ts';
import type { Trainer } from '../trainer.ts';

/** A trainer keeps an earlier epoch, the best one so far: variables, rows, and maps where steps change them. */

/** Floats and words of it; 0 if nothing is kept. */
export function savedFloats(trainer: Trainer): number {
  const { savedVariables, embedding } = trainer;
  if (savedVariables === undefined) return 0;
  return (
    sum(savedVariables.map(({ size }) => size)) +
    sum(tablesOf(trainer)!.map(({ rows: { table } }) => tableRows(table) * table.width)) +
    sum(embedding.savedMaps.map(({ length }) => length))
  );
}

export async function writeSavedState(trainer: Trainer, sink: ByteSink): Promise<void> {
  const { savedVariables, embedding } = trainer;
  if (savedVariables === undefined) return;
  for (const tensor of savedVariables) sink.write(await tensor.data<'float32'>());
  for (const { rows, pieces } of tablesOf(trainer)!)
    for (const { from, to, floats } of piecesOf(tableRows(rows.table), rows.table.width)) {
      pieces.readSaved(from, to, floats);
      sink.write(floats);
    }
  for (const map of embedding.savedMaps) sink.write(map);
}

/** Brings the trainer into that state and lets it keep it. Its present state has to follow. */
export function readSavedState(trainer: Trainer, read: (into: ArrayBufferView) => void): void {
  const { plan } = trainer.embedding;
  for (const variable of trainer.variables) assignRead(variable, read);
  for (const { rows } of tablesOf(trainer)!)
    for (const piece of piecesOf(tableRows(rows.table), rows.table.width)) {
      read(piece.floats);
      writeRowPiece(rows, piece);
    }
  if (plan.afterStep !== undefined) for (const { values } of plan.maps ?? []) read(values);
  trainer.save();
}
