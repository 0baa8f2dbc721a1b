import { UserError } from '../../base/user-error.ts';

/** Memory beside the tables: Node with tfjs, or Python with PyTorch; batches, activations. */
const processBytes = { ours: 0.25e9, reference: 0.4e9 };

/**
 * The bytes of each configuration's tables in this machine's memory; 0 if they are on a card, which reports by itself what it
 * cannot hold. Throws a UserError if the configurations do not fit into free memory together. They are not divided into groups,
 * because only results of the same rounds are compared, and every group would need the references again.
 */
export function requireMemory(ours: readonly number[], references: readonly number[], free: number): void {
  const tables = [...ours, ...references].reduce((sum, bytes) => sum + bytes, 0);
  const needed = tables + ours.length * processBytes.ours + references.length * processBytes.reference;
  if (needed <= free) return;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  const count = ours.length + references.length;
  const configurations = count === 1 ? '1 configuration takes' : `${count} configurations take`;
  const withPeers = references.length === 0 ? '' : ` (${references.length} of them PyTorch)`;
  throw new UserError(
    `${configurations} ${gigabytes(needed)} at the same time${withPeers}, ` +
      `${gigabytes(free)} are free: ask for fewer --method, --backend, --threads or --python, leave PyTorch out ` +
      `(--no-peer), or take smaller tables (--scale 0.1); all stay in memory, for only what is timed in turn is compared`,
  );
}
