import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cardNames } from '../../../backends/tensorflow/card.ts';

test('cards are called what their driver calls them, each once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cards-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(cardNames(join(folder, 'none'))).toBe('');
  ['Example B', 'Example A', 'Example B'].forEach((name, i) => {
    mkdirSync(join(folder, `0000:0${i}:00.0`));
    writeFileSync(join(folder, `0000:0${i}:00.0/information`), `Model: \t\t ${name}\nIRQ:   \t\t 1\n`);
  });
  mkdirSync(join(folder, 'untold'));
  expect(cardNames(folder)).toBe('Example A and Example B');
});
