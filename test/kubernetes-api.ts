import ts from 'typescript';
import { join } from 'node:path';
import { root } from './scripts/run-script.ts';

/**
 * Checks objects of the Kubernetes API against its schema, as kubernetes-types has it: generated from the API's OpenAPI document. TypeScript
 * refuses fields that a kind does not have, as the API server does (strict field validation), values of another type, and missing fields.
 * Returns what it says; empty if nothing is wrong. `kind`: `batch/v1:Job`.
 */
export function problemsOf(kind: string, object: unknown): string[] {
  const [module, type] = kind.split(':');
  const name = join(root, 'test', 'kubernetes-object.ts');
  const text = `import type { ${type} } from 'kubernetes-types/${module}';\nexport const object: Required<Pick<${type}, 'apiVersion' | 'kind' | 'metadata'>> & ${type} = ${JSON.stringify(object)};\n`;
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, types: [], exactOptionalPropertyTypes: true },
    ...{ module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
    lib: ['lib.es2022.d.ts'],
  };
  const host = ts.createCompilerHost(options);
  const sourceOf = host.getSourceFile.bind(host);
  host.getSourceFile = (file, ...rest) =>
    file === name ? ts.createSourceFile(file, text, ts.ScriptTarget.ES2022) : sourceOf(file, ...rest);
  const program = ts.createProgram([name], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}
