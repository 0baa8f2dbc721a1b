import type * as tf from '../../tensors/index.ts';
import type { RowGradient } from '../contract/backend.ts';
import type { Indices } from '../contract/indices.ts';
import type { Table } from '../contract/method.ts';

/** A lookup of a step that has left a gradient, as it is in all steps of the same calls. `order`: its place among the lookups. */
interface PendingLookup {
  readonly table: Table;
  readonly order: number;
}
export type PendingLookups = readonly PendingLookup[];

/** The gradients that lookups of a step have left behind, until rows are updated and the plan has seen them. */
export class PendingGradients {
  private entries: (PendingLookup & { readonly gradient: RowGradient })[] = [];
  private lookUps = 0;

  /** The place of the next lookup of the step. */
  nextOrder(): number {
    return this.lookUps++;
  }

  /** Takes over the gradient. */
  add(lookup: PendingLookup, gradient: RowGradient): void {
    this.entries.push({ ...lookup, gradient });
  }

  of(table: Table): RowGradient[] {
    return this.entries.filter((entry) => entry.table === table).map(({ gradient }) => gradient);
  }

  get bytes(): number {
    return this.entries.reduce((sum, { gradient }) => sum + 4 * gradient.gradient.size, 0);
  }

  get lookups(): PendingLookups {
    return this.entries.map(({ table, order }) => ({ table, order }));
  }

  get tensors(): tf.Tensor2D[] {
    return this.entries.map(({ gradient }) => gradient.gradient);
  }

  /** Takes over gradients of the lookups of an earlier step. Their rows are updated already: `indices` are any. */
  put(lookups: PendingLookups, tensors: readonly tf.Tensor[], indices: Indices): void {
    this.entries = lookups.map((lookup, i) => ({
      ...lookup,
      gradient: { indices, gradient: tensors[i] as tf.Tensor2D },
    }));
  }

  /** Gradients in the order of embed(). */
  get inOrder(): { readonly table: Table; readonly gradient: tf.Tensor2D }[] {
    return [...this.entries]
      .sort((a, b) => a.order - b.order)
      .map(({ table, gradient }) => ({ table, gradient: gradient.gradient }));
  }

  clear(): void {
    for (const { gradient } of this.entries) gradient.gradient.dispose();
    this.entries = [];
    this.lookUps = 0;
  }
}
