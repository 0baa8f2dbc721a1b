import fs from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../base/user-error.ts';
import { writeTogether } from '../../files/written-together.ts';
import { scratch } from '../scripts/run-script.ts';

/** Files of one folder that are there all or not at all. */

const put = (work: string, names: readonly string[]) => {
  for (const name of names) fs.writeFileSync(join(work, name), `new ${name}`);
};

test('files are moved up together, beside what is there', () => {
  const folder = join(scratch(), 'a', 'b');
  expect(writeTogether(folder, (work) => (put(work, ['x', 'y']), 7))).toBe(7);
  fs.writeFileSync(join(folder, 'mine'), 'mine');
  writeTogether(folder, (work) => put(work, ['y']));
  expect(fs.readdirSync(folder).sort()).toEqual(['mine', 'x', 'y']);
});

test('a failure leaves nothing new, and what was there as it was', () => {
  const root = scratch();
  const failing = (work: string) => {
    put(work, ['x', 'y']);
    throw new RangeError('in the midst');
  };
  expect(() => writeTogether(join(root, 'a', 'b'), failing)).toThrow('in the midst');
  expect(fs.readdirSync(root)).toEqual([]);
  fs.writeFileSync(join(root, 'x'), 'old');
  expect(() => writeTogether(root, failing)).toThrow('in the midst');
  expect(fs.readdirSync(root)).toEqual(['x']);
  expect(fs.readFileSync(join(root, 'x'), 'utf8')).toBe('old');
  expect(() => writeTogether(join(root, 'x'), failing)).toThrow(UserError);
});

test('what a killed process has left is removed, and that of one that runs is not', () => {
  const folder = scratch();
  const [gone, running] = ['.4194305.tmp', `.${process.ppid}.tmp`];
  for (const name of [gone, running]) fs.mkdirSync(join(folder, name));
  writeTogether(folder, (work) => put(work, ['x']));
  expect(fs.readdirSync(folder).sort()).toEqual([running, 'x'].sort());
});
