import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import { expect, test } from 'vitest';
import { runScript, scratch, tiny } from '../scripts/run-script.ts';

/** The fastest there is: gzip takes half a minute. */
const ending = execaSync('zstd', ['--version'], { reject: false }).exitCode === 0 ? 'zst' : 'gz';

const forThisSystem = process.platform === 'linux' && process.arch === 'x64';

test.skipIf(!forThisSystem)(
  'packed, unpacked elsewhere, and run there with nothing else',
  { timeout: 300_000 },
  async () => {
    const folder = scratch();
    const elsewhere = join(folder, 'some where');
    const archive = join(folder, `bench.tar.${ending}`);
    mkdirSync(elsewhere);
    expect(await runScript('pack', ['--out', archive])).toMatchObject({ exitCode: 0 });
    await execa('tar', ['-C', elsewhere, '-xf', archive]);
    // Another folder, no program in reach, no home.
    const run = (...args: string[]) =>
      execa(join(elsewhere, 'embed-bench/run'), args, {
        ...{ cwd: elsewhere, env: { PATH: '/nowhere' }, extendEnv: false, reject: false },
      });

    const doctor = await run('doctor', '--json');
    const { backends } = JSON.parse(doctor.stdout) as { backends: { name: string; ok: boolean }[] };
    expect(backends).toContainEqual(expect.objectContaining({ name: 'wasm', ok: true }));

    const asked = ['--suite', 'throughput', '--backend', 'wasm', '--method', 'full', '--scale', '0.0001'];
    const bench = await run('bench', ...asked, ...tiny, '--no-peer', '--rounds', '1', '--out', 'speeds');
    expect(bench).toMatchObject({ exitCode: 0 });
    expect(bench.stdout).toContain('report: speeds/report.html');
    const environment = JSON.parse(
      readFileSync(join(elsewhere, 'speeds/environment.json'), 'utf8'),
    ) as object;
    const { stdout: commit } = await execa('git', ['rev-parse', 'HEAD']);
    expect(environment).toMatchObject({ commit });

    for (const [verb, says] of [
      ['compare', 'say what to compare with'],
      ['site', 'no published recordings'],
    ]) {
      const { exitCode, stderr } = await run(verb, ...(verb === 'compare' ? ['speeds'] : ['--results', '.']));
      expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining(says) as string });
    }
    expect(await run('no-such-verb')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('usage') as string,
    });
  },
);
