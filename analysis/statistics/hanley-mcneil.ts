/**
 * The variance of an AUC over test rows, from the AUC and the numbers of rows alone, for negative exponential scores (Hanley
 * and McNeil, Radiology 1982). DeLong's estimate needs all scores.
 */
export function hanleyMcNeil(auc: number, clicks: number, others: number): number {
  const twoClicks = auc / (2 - auc);
  const twoOthers = (2 * auc * auc) / (1 + auc);
  const spread = (clicks - 1) * (twoClicks - auc * auc) + (others - 1) * (twoOthers - auc * auc);
  return (auc * (1 - auc) + spread) / (clicks * others);
}
