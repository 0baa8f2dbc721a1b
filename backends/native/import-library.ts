import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { nodeHeaders } from '../compiler.ts';

/**
 * Writes the library that an add-on for Windows is linked with, which names the functions of node.exe, and returns its path.
 * DLLTOOL names the program that makes it. Throws an Error with its first complaint.
 */
export async function importLibrary(folder: string): Promise<string> {
  const definitions = ['js_native_api', 'node_api'].map((name) =>
    readFileSync(join(dirname(nodeHeaders()), 'def', `${name}.def`), 'utf8').replace(
      /^[^]*?^EXPORTS\r?\n/m,
      '',
    ),
  );
  const [definition, library] = ['node.def', 'libnode.a'].map((name) => join(folder, name));
  writeFileSync(definition, `NAME NODE.EXE\nEXPORTS\n${definitions.join('\n')}`);
  const tool = process.env.DLLTOOL ?? 'x86_64-w64-mingw32-dlltool';
  const { failed, stderr, shortMessage } = await execa(tool, ['-d', definition, '-l', library], {
    reject: false,
  });
  if (failed) throw new Error(`${tool} failed: ${stderr.split('\n')[0] || shortMessage}`);
  return library;
}
