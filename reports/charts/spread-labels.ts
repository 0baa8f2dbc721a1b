import { sum } from '../../base/sum.ts';

/**
 * Moves labels apart so that neighbours are at least `gap` pixels from each other and all lie in [low, high], staying
 * close to where they want to be. Returns positions in the order given.
 */
export function spreadLabels(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a] - wanted[b] || a - b);
  // Labels that would touch form a block, which sits where its members want to be on average.
  const blocks: { members: number[]; top: number }[] = [];
  for (const index of order) {
    blocks.push({ members: [index], top: wanted[index] });
    while (blocks.length > 1) {
      const [upper, lower] = blocks.slice(-2);
      if (upper.top + upper.members.length * gap <= lower.top) break;
      const members = [...upper.members, ...lower.members];
      const mean = sum(members.map((member, i) => wanted[member] - i * gap)) / members.length;
      blocks.splice(-2, 2, { members, top: mean });
    }
    const last = blocks.at(-1)!;
    last.top = Math.max(last.top, low);
  }
  const positions = new Array<number>(wanted.length);
  for (const { members, top } of blocks) members.forEach((member, i) => (positions[member] = top + i * gap));
  // Blocks may now run out at the bottom: push upwards from there.
  let limit = high;
  for (const index of order.toReversed()) {
    positions[index] = Math.min(positions[index], limit);
    limit = positions[index] - gap;
  }
  return positions;
}
