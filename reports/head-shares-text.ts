/** `93.3 % go to the most frequent 1/4 of the ids, 87.5 % to 1/16` of shares by ratio (datasets/prepared/head-shares.ts). */
export function headSharesText(shares: Readonly<Record<string, number>>): string {
  return Object.entries(shares)
    .map(([ratio, share], i) => {
      const percent = `${(100 * share).toFixed(1)} %`;
      return i === 0
        ? `${percent} go to the most frequent 1/${ratio} of the ids`
        : `${percent} to 1/${ratio}`;
    })
    .join(', ');
}
