import { execa } from 'execa';
import { UserError } from '../../../base/user-error.ts';
import { withoutSecrets } from './secure-fetch.ts';

/** Python is needed for two things: pip to find and fetch wheels, and zipfile, which reads members above 4 GB piece by piece. */

/**
 * Wheels of the registry that pip is configured for, into a folder; without what they depend on.
 *
 * Always those for Python 3.11, whichever Python runs pip: what we want of them does not depend on it, and every
 * TensorFlow from 2.12 on has some.
 */
export async function downloadWheels(requirements: readonly string[], folder: string): Promise<void> {
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const platforms = ['manylinux_2_28', 'manylinux_2_27', 'manylinux_2_17', 'manylinux2014'];
  const args = [
    ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--dest', folder],
    ['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311', '--abi', 'none'],
    platforms.flatMap((name) => ['--platform', `${name}_${machine}`]),
    ['--progress-bar', 'off', '--disable-pip-version-check', '--quiet'],
    requirements,
  ].flat();
  await python(args, `pip found no ${requirements.join(', ')}`);
}

/** Members of a wheel whose path matches, into a folder. Throws a UserError for what is no wheel. */
export async function unpackWheel(wheel: string, pattern: RegExp, folder: string): Promise<void> {
  const program = `
import re, sys, zipfile
wheel, pattern, folder = sys.argv[1:]
with zipfile.ZipFile(wheel) as members:
    for name in members.namelist():
        if re.search(pattern, name):
            members.extract(name, folder)
`;
  await python(['-c', program, wheel, pattern.source, folder], `${wheel} was not unpacked`);
}

async function python(args: readonly string[], problem: string): Promise<void> {
  const { failed, code, stderr } = await execa('python3', args, { reject: false });
  if (!failed) return;
  if (code === 'ENOENT')
    throw new UserError(
      'python3 is needed to fetch and unpack a wheel; --archive does without (Debian: apt-get install python3-pip)',
    );
  const lines = (stderr.trim() || `python3 ended with ${code ?? 'an error'}`).split('\n');
  const said = lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? '';
  throw new UserError(`${problem}: ${withoutSecrets(said).slice(0, 300)}`);
}
