import { vi } from 'vitest';

/** The output of a verb and its exit code. The last line has no line feed, as in execa. */
export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

let before: Promise<unknown> = Promise.resolve();
let times = 0;

/**
 * Runs a verb in this process, which has its code loaded already: a process of its own spends a second on that. For what does
 * not depend on a process: mistakes, help, reports. One at a time, since a process has one stdout.
 */
export function runHere(verb: string, args: readonly string[]): Promise<Ran> {
  const run = before.then(() => carryOut(verb, args));
  before = run.catch(() => undefined);
  return run;
}

async function carryOut(verb: string, args: readonly string[]): Promise<Ran> {
  const printed = { stdout: '', stderr: '' };
  const { argv, exitCode } = process;
  const listeners = (['stdout', 'stderr'] as const).map(
    (name) => [name, process[name].listeners('error')] as const,
  );
  const spies = [
    vi
      .spyOn(console, 'log')
      .mockImplementation((text: unknown) => void (printed.stdout += `${String(text)}\n`)),
    vi
      .spyOn(console, 'error')
      .mockImplementation((text: unknown) => void (printed.stderr += `${String(text)}\n`)),
    vi
      .spyOn(process.stdout, 'write')
      .mockImplementation((text) => ((printed.stdout += text as string), true)),
    vi
      .spyOn(process.stderr, 'write')
      .mockImplementation((text) => ((printed.stderr += text as string), true)),
  ];
  try {
    process.argv = [argv[0], `scripts/${verb}.ts`, ...args];
    process.exitCode = undefined;
    // The verb's own file is evaluated anew every time, what it imports once.
    const script = (await import(/* @vite-ignore */ `../../scripts/${verb}.ts?run=${times++}`)) as {
      ended: Promise<void>;
    };
    await script.ended;
    return {
      exitCode: Number(process.exitCode ?? 0),
      stdout: printed.stdout.replace(/\n$/, ''),
      stderr: printed.stderr.replace(/\n$/, ''),
    };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.argv = argv;
    process.exitCode = exitCode;
    for (const [name, known] of listeners)
      for (const listener of process[name].listeners('error'))
        if (!known.includes(listener)) process[name].off('error', listener as () => void);
  }
}
