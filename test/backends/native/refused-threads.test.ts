import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { describeNative } from './describe-native.ts';
import { sanitized } from './addon.ts';

/** Takes the process's address space but for 200 MB, so that a thousand stacks do not fit, and asks for them. */
const program = `
  import { readFileSync } from 'node:fs';
  import { execFileSync } from 'node:child_process';
  import { loadAddon } from './backends/native/addon.ts';
  const addon = loadAddon();
  const [, kilobytes] = /VmSize:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
  execFileSync('prlimit', ['--pid', String(process.pid), '--as=' + (Number(kilobytes) * 1024 + 200e6)]);
  try {
    addon.configure(1024);
  } catch (error) {
    console.log(error.message);
  }
  addon.configure(2);
  const c = new Float32Array(4);
  addon.matMul(new Float32Array(4).fill(2), new Float32Array(4).fill(1), c, 2, 2, 2, false, false);
  console.log(c.join());
`;

describeNative('threads that the system refuses', () => {
  test('are an error, and fewer may still be had', { timeout: 60_000 }, async ({ skip }) => {
    skip(process.platform !== 'linux' || !existsSync('/usr/bin/prlimit'), 'needs prlimit to refuse memory');
    skip(sanitized, 'a sanitizer needs the address space for itself');
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
    const { stdout, stderr, exitCode } = await execa('node', args, { reject: false });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^the system does not start 1024 threads: .+\n4,4,4,4$/);
  });
});
