import { join } from 'node:path';
import { execa } from 'execa';
import type { CaseResult, Finding, Limits, Outcome } from './part.ts';

/** A message of the child: a case began, or ended. */
export type Said =
  | { readonly began: number; readonly result?: undefined }
  | { readonly began?: undefined; readonly result: CaseResult };

/** No case takes so long, not on a machine that is busy with others. */
const patience = 120_000;

const root = join(import.meta.dirname, '../..');

/**
 * Tries cases in a process of their own, so that a crash is a finding and not the end of the campaign: the next process
 * resumes behind the case that killed it. A case that is silent for too long hangs.
 */
export async function casesInAChild(part: string, limits: Limits): Promise<Outcome> {
  const findings: Finding[] = [];
  const endings = new Map<string, number>();
  let tried = 0;
  let next = limits.first;
  while (tried < limits.cases && performance.now() < limits.until) {
    const child = execa('node', ['--expose-gc', '--import', 'tsx', 'test/campaign/try-cases.ts'], {
      cwd: root,
      reject: false,
      serialization: 'advanced',
      ipc: true,
      env: { EMBED_BENCH_CAMPAIGN_FOLDER: limits.folder },
      forceKillAfterDelay: 1000,
    });
    let heard = performance.now();
    let hung = false;
    const watch = setInterval(() => {
      if (performance.now() - heard < patience) return;
      hung = true;
      child.kill('SIGKILL');
    }, 1000);
    child.on('message', (message) => {
      const { began, result } = message as Said;
      heard = performance.now();
      if (began !== undefined) {
        next = began;
        return;
      }
      next++;
      tried += result.tries ?? 1;
      findings.push(
        ...result.findings.map(({ kind, what }) => ({ kind, what: `case ${next - 1}: ${what}` })),
      );
      if (result.ended !== undefined) endings.set(result.ended, (endings.get(result.ended) ?? 0) + 1);
    });
    child.send({
      part,
      seed: limits.seed,
      first: next,
      tries: limits.cases - tried,
      milliseconds: limits.until - performance.now(),
    });
    const ended = await child;
    clearInterval(watch);
    if (!ended.failed) break;
    const how = hung ? 'no answer' : (ended.signal ?? `exit code ${ended.exitCode}`);
    const said = ended.stderr.trim().split('\n').slice(-3).join(' | ').slice(-400);
    findings.push({ kind: hung ? 'hung' : 'crashed', what: `case ${next}: ${how}: ${said}` });
    tried++;
    next++;
  }
  const notes = [...endings].sort().map(([ending, count]) => `${count} ${ending}`);
  return { tried, findings, notes };
}
