import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';

export interface Fake {
  readonly refuses?: number;
  readonly says?: string;
  readonly hangs?: number;
  readonly cancels?: boolean;
  readonly queue?: string | readonly string[];
  readonly maxArraySize?: number;
  readonly nodes?: string;
}

/**
 * Puts stand-ins for Slurm's programs on the path. `refuses`, `hangs`: the call of sbatch that is refused with the words `says`, or takes seconds. `queue`: the
 * answers of squeue, one after the other; down: there is no controller. Returns what sbatch and scancel were called with.
 */
export function fakeSlurm({
  refuses = 0,
  says = 'sbatch: error: Batch job submission failed: Invalid partition name',
  hangs = 0,
  cancels = true,
  queue = '',
  maxArraySize = 1001,
  nodes = 'any*|1|infinite',
}: Fake = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'fake-slurm-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const programs = {
    sbatch: `n=$(($(cat "${folder}/n" 2>/dev/null || echo 0) + 1)); echo $n >"${folder}/n"
      test $n = ${refuses} && { printf '%b\\n' '${says}' >&2; exit 1; }
      test $n = ${hangs} && sleep 2
      { echo "$n: $*"; cat; } >>"${folder}/calls"; echo "$n;cluster"`,
    squeue:
      queue === 'down'
        ? `echo 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)' >&2; exit 1`
        : `m=$(($(cat "${folder}/m" 2>/dev/null || echo 0) + 1)); echo $m >"${folder}/m"
      case $m in ${[queue]
        .flat()
        .map((one, i) => `${i + 1}) printf '%b' '${one}';;`)
        .join(' ')} *) printf '%b' '${[queue].flat().at(-1)}';; esac`,
    sinfo: `printf '%b\\n' '${nodes}'`,
    scancel: `echo "cancelled $*" >>"${folder}/calls"; ${cancels}`,
    scontrol: `echo 'MaxArraySize            = ${maxArraySize}'`,
  };
  mkdirSync(join(folder, 'bin'));
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
  vi.stubEnv('PATH', `${join(folder, 'bin')}:${process.env.PATH}`);
  return () => (existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8') : '');
}
