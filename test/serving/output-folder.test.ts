import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { requireFree, workFolder } from '../../serving/export/output-folder.ts';
import { scratch } from '../scripts/run-script.ts';

describe('the folder that a model is exported to', () => {
  test('only an exported model, or an empty folder, is ever replaced', () => {
    const root = scratch();
    const at = (name: string) => join(root, name);
    for (const name of ['model', 'empty', 'mine']) fs.mkdirSync(at(name));
    fs.writeFileSync(join(at('model'), 'manifest.json'), JSON.stringify({ format: 'embed-bench model', version: 1 })); // prettier-ignore
    fs.writeFileSync(join(at('mine'), 'manifest.json'), '{}');
    fs.writeFileSync(at('file'), '');
    fs.symlinkSync(at('mine'), at('link'));
    for (const name of ['none', 'file/below']) expect(() => requireFree(at(name), false)).not.toThrow();
    for (const name of ['model', 'empty']) {
      expect(() => requireFree(at(name), false)).toThrow('there is something already');
      expect(() => requireFree(at(name), true)).not.toThrow();
    }
    for (const name of ['mine', 'file', 'link', '.'])
      expect(() => requireFree(at(name), true)).toThrow(
        'is no exported model, and --force replaces nothing else',
      );
  });

  test('a work folder stands beside it; those of processes that are gone are removed', () => {
    const root = scratch();
    const gone = 2 ** 22 + 1; // above the largest number of a process
    const left = [`a.${gone}.tmp`, `a.${gone}.tmp.models`];
    const kept = [`a.${process.ppid}.tmp`, `b.${gone}.tmp`, `a.${gone}.tmp.txt`, 'a.x.tmp'];
    for (const name of [...left, ...kept]) fs.mkdirSync(join(root, name));
    expect(workFolder(`${join(root, 'a')}/`)).toBe(join(root, `a.${process.pid}.tmp`));
    expect(fs.readdirSync(root).sort()).toEqual(kept.sort());
    expect(workFolder(join(root, 'none', 'a'))).toBe(join(root, 'none', `a.${process.pid}.tmp`));
  });
});
