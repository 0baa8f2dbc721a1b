import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bundle.js';

/**
 * Writes name, version, licence and licence text of every package that a file is compiled of.
 *
 * @param {string} file
 * @param {Iterable<string>} compiled paths of files in node_modules
 */
export function writeLicenses(file, compiled) {
  const folders = [...compiled].map(
    (path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? '',
  );
  const texts = [...new Set(folders)].filter(Boolean).sort().map(licenseOf);
  writeFileSync(
    file,
    `The compiled files of this package contain these packages:\n\n${texts.join('\n\n')}\n`,
  );
}

/** @param {string} folder */
function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const found = readdirSync(join(root, folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file));
  const texts = found
    .map((file) => join(root, folder, file))
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'utf8').trim());
  return [`${name} ${version} (${license ?? 'see its text'})`, ...texts].join('\n\n');
}
