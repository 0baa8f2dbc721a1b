import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { describeExit } from '../running/describe-exit.ts';
import type { Request } from './messages.ts';

/** A process that answers each JSON object on a line of its input with one on its output. */
export interface LineProcess {
  /** Throws with what the process says is wrong, or how it ended. */
  ask<Answer>(request: Request): Promise<Answer>;
  /** Ends it by closing its input; kills it where it does not listen. */
  close(): Promise<void>;
}

/** Starts it. Its input closes when this process dies, however that happens, and then it ends by itself. */
export function startLineProcess(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): LineProcess {
  const child = execa(file, args, {
    env: { ...cleanEnvironment(), ...environment },
    extendEnv: false,
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    cancelSignal: signal,
    forceKillAfterDelay: 2000,
  });
  const waiting: ((line: string | undefined) => void)[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => waiting.shift()?.(line));
  let lastWords = '';
  child.stderr.on('data', (text) => (lastWords = (lastWords + String(text)).slice(-4000)));
  // Writing to a process that is gone is no news: its end is told to whoever waits for the answer.
  child.stdin.on('error', () => {});
  const ended = child.then((result) => {
    const end = describeExit(
      { ...result, stderr: lastWords },
      'try fewer configurations or a smaller --scale',
    );
    for (const answer of waiting.splice(0)) answer(undefined);
    return end;
  });

  return {
    async ask<Answer>(request: Request) {
      const line = await Promise.race([
        new Promise<string | undefined>((resolve) => {
          waiting.push(resolve);
          child.stdin.write(`${JSON.stringify(request)}\n`);
        }),
        ended.then(() => undefined),
      ]);
      signal.throwIfAborted();
      if (line === undefined) throw new Error(await ended);
      const answer = JSON.parse(line) as Answer & { error?: string };
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer;
    },
    async close() {
      child.stdin.end();
      const deadline = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(deadline);
    },
  };
}

/**
 * The environment of every configuration, ours and theirs. OPENBLAS_CORETYPE presets the processor that OpenBLAS computes
 * for, instead of letting it look; a wrong one halves the speed of matrix products, and PyTorch would look bad for it.
 */
function cleanEnvironment(): Record<string, string | undefined> {
  return { ...process.env, OPENBLAS_CORETYPE: undefined };
}
