import { UserError } from '../../base/user-error.ts';

/** Beside its tables: Node with tfjs, or Python with PyTorch; batches, activations. */
const processBytes = { ours: 0.25e9, peer: 0.4e9 };

/**
 * Of each, the bytes of its tables in this machine's memory; none where they are on a card, which says by itself what it
 * cannot take. Throws a UserError where the contestants do not fit into free memory together. They are not run in groups that would:
 * only what was timed in the same rounds is compared, and every group would need the same references again.
 */
export function requireMemory(ours: readonly number[], peers: readonly number[], free: number): void {
  const tables = [...ours, ...peers].reduce((sum, bytes) => sum + bytes, 0);
  const needed = tables + ours.length * processBytes.ours + peers.length * processBytes.peer;
  if (needed <= free) return;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  const count = ours.length + peers.length;
  const contestants = count === 1 ? '1 contestant takes' : `${count} contestants take`;
  const withPeers = peers.length === 0 ? '' : ` (${peers.length} of them PyTorch)`;
  throw new UserError(
    `${contestants} ${gigabytes(needed)} at the same time${withPeers}, ` +
      `${gigabytes(free)} are free: ask for fewer --method, --backend, --threads or --python, leave PyTorch out ` +
      `(--no-peer), or take smaller tables (--scale 0.1); all stay in memory, for only what is timed in turn is compared`,
  );
}
