/** In words, for a record: how a process ended that gave no result. */
export function howItEnded(
  {
    signal,
    exitCode,
    stderr,
  }: {
    signal?: string;
    exitCode?: number;
    stderr?: string;
  },
  lessMemory = 'try a higher --compression or fewer --jobs',
): string {
  if (signal === 'SIGKILL') return `killed (SIGKILL): most likely out of memory; ${lessMemory}`;
  if (/heap out of memory|Array buffer allocation failed/.test(stderr ?? ''))
    return `out of memory: ${lessMemory}`;
  if (signal !== undefined) return `ended by ${signal}`;
  const lastWords = (stderr ?? '').trim().split('\n').at(-1)?.slice(0, 300);
  return `the process of this run ended with code ${exitCode}${lastWords ? `: ${lastWords}` : ''}`;
}
