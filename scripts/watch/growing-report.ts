import { renderReport } from '../../reports/report.ts';
import { readRecording } from '../../results/store.ts';

/** A report of a recording that grows. */
export interface GrowingReport {
  /** The latest HTML, possibly slightly stale, or the reason why there is none. */
  latest(runs: number): Promise<{ readonly html: string } | { readonly problem: string }>;
}

/** The pause between two reports: milliseconds, and a multiple of the time that the last one took. */
const shortestPause = 5000;
const pausePerWork = 10;

/**
 * The report is made only on request, if runs were added and some time has passed: drawing takes processor time from the run
 * that is being timed. After a failure the previous report remains.
 */
export function growingReport(
  directory: string,
  make = async () => await renderReport(readRecording(directory)),
  now = () => performance.now(),
): GrowingReport {
  let made: { readonly html: string } | undefined;
  let problem = '';
  let runsThen = -1;
  let notBefore = -Infinity;
  let making: Promise<void> | undefined;
  const remake = async (runs: number) => {
    const start = now();
    try {
      made = { html: await make() };
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    runsThen = runs;
    const end = now();
    notBefore = end + Math.max(shortestPause, pausePerWork * (end - start));
    making = undefined;
  };
  return {
    async latest(runs) {
      if (making === undefined && runs !== runsThen && now() >= notBefore) making = remake(runs);
      await making;
      return made ?? { problem };
    },
  };
}
