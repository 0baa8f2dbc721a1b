import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';

/** Puts stand-ins for Slurm's programs on the path: `sbatch` counts its calls, and refuses that of number `refuses`. */
export function fakeSlurm({ refuses = 0, queue = '', maxArraySize = 1001, nodes = 'any*|1|infinite' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'fake-slurm-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const programs = {
    sbatch: `n=$(($(cat "${folder}/n" 2>/dev/null || echo 0) + 1)); echo $n >"${folder}/n"
      test $n = ${refuses} && { echo 'sbatch: error: Batch job submission failed: Invalid partition name' >&2; exit 1; }
      { echo "$n: $*"; cat; } >>"${folder}/calls"; echo "$n;cluster"`,
    squeue:
      queue === 'down'
        ? `echo 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)' >&2; exit 1`
        : `printf '%b' '${queue}'`,
    sinfo: `printf '%b\\n' '${nodes}'`,
    scancel: `echo "cancelled $*" >>"${folder}/calls"`,
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
