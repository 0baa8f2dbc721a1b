import { projectRoot } from '../../base/project-root.ts';
import { relative } from 'node:path';
import { UserError } from '../../base/user-error.ts';

const root = projectRoot;
const tryLess = 'try a higher --compression or fewer --jobs';
const noMemory =
  /heap out of memory|^out of memory|allocation failed|Invalid (?:typed array|array buffer) length/im;

/** The end of a process that gave no result, in words for a record. */
export function describeExit(
  {
    signal,
    exitCode,
    stderr = '',
  }: {
    signal?: string;
    exitCode?: number;
    stderr?: string;
  },
  lessMemory = tryLess,
): string {
  if (signal === 'SIGKILL') return `killed (SIGKILL): most likely out of memory; ${lessMemory}`;
  if (noMemory.test(stderr)) return `out of memory: ${lessMemory}`;
  if (signal !== undefined) return `ended by ${signal}`;
  const lines = stderr.trim().split('\n');
  // Node prints the place and its version below an uncaught error.
  const lastWords = (lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1)!).slice(0, 300);
  return `the process of this run ended with code ${exitCode}${lastWords ? `: ${lastWords}` : ''}`;
}

/** An error in one line for a record, with its place in this project; a UserError needs no place, since it says what to do. */
export function errorText(thrown: unknown): string {
  if (!(thrown instanceof Error)) return oneLine(String(thrown));
  const said = oneLine(thrown.message) || thrown.name;
  if (thrown instanceof UserError) return said;
  if (noMemory.test(said)) {
    const what = said.startsWith('out of memory') ? said : `out of memory (${said})`;
    return `${what}: try a higher --compression or a smaller --batch`;
  }
  const place = placeIn(thrown.stack ?? '');
  return place === undefined ? said : `${said} (${place})`;
}

/** `methods/robe.ts:34`: the first line of the trace that is this project's. */
function placeIn(stack: string): string | undefined {
  for (const [, path, line] of stack.matchAll(/(?:file:\/\/)?(\/[^\s():]*):(\d+):\d+/g)) {
    const file = relative(root, path);
    if (!file.startsWith('..') && !file.startsWith('node_modules')) return `${file}:${line}`;
  }
  return undefined;
}

function oneLine(text: string): string {
  return text
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .slice(0, 1000);
}
