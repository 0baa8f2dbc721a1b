import { projectUrl } from '../base/project-root.ts';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../files/folders.ts';
import { writeWhole } from '../files/whole-file.ts';
import { writtenDocs } from './documents/written-docs.ts';
import { main } from './terminal/main.ts';
import { print } from './terminal/printed.ts';
import { verb } from './options/verb.ts';

const command = verb('docs', '').description(
  'Writes docs/methods.md, a card for each method, the compression ranges that it and list show, docs/table.md, the columns of table, docs/papers.md, and the figures of docs/findings.md.',
);

const root = projectUrl;

export const ended = main(async () => {
  command.parse();
  makeFolder(fileURLToPath(new URL('docs/figures/', root)));
  for (const [path, text] of Object.entries(await writtenDocs())) {
    writeWhole(fileURLToPath(new URL(path, root)), text);
    print(path);
  }
  return 0;
});
