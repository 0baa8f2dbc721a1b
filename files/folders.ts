import fs from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Advice, writing } from './disk-fault.ts';

/**
 * Makes a folder and its parents where they are missing; returns the folders it made, the lowest first. They are made one
 * by one: Node's recursive mkdir never returns below /proc. Throws a UserError that names `path`, and leaves none of them then.
 */
export function makeFolder(path: string, advice?: Advice): string[] {
  const missing: string[] = [];
  for (let above = resolve(path); !isThere(above); above = dirname(above)) missing.unshift(above);
  const made: string[] = [];
  try {
    writing(
      path,
      () => {
        for (const folder of missing) if (make(folder)) made.unshift(folder);
        if (missing.length === 0) make(resolve(path)); // it may be a file
      },
      advice,
    );
  } catch (error) {
    removeFolders(made);
    throw error;
  }
  return made;
}

/** Removes folders that are still empty, in this order. */
export function removeFolders(folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      fs.rmdirSync(folder);
    } catch {
      return; // another process uses it
    }
  }
}

/** True for links that lead nowhere, too: nothing can be made in their place. */
function isThere(path: string): boolean {
  try {
    fs.lstatSync(path);
    return true;
  } catch {
    return dirname(path) === path;
  }
}

/** Makes one folder. False if it is there, or another process made it first. */
function make(folder: string): boolean {
  try {
    fs.mkdirSync(folder);
    return true;
  } catch (error) {
    const isFolder = fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
    if (isFolder) return false;
    throw error;
  }
}
