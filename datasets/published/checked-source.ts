import { createHash, type Hash } from 'node:crypto';
import { type Part, parts } from '../../harness/contract/data.ts';
import type { RawBlock, RawSource } from '../raw-rows.ts';
import { compareWith, type Published } from './published.ts';

/** Counts and hashes of a log while it is read. */
export interface LogCheck {
  /** Takes the text of a file, decompressed, in order; a file is one part, and has a number. */
  readonly text: (bytes: Uint8Array, file: number, part: Part) => void;
  block(block: RawBlock): void;
  /** Asked for when all is read. */
  comparison(): ReturnType<typeof compareWith>;
}

/** Compares a log with its published editions. The md5 of a file is made only for a part whose md5 is published. */
export function logCheck(editions: readonly Published[]): LogCheck {
  const rows = parts.map(() => 0);
  const clicks = parts.map(() => 0);
  const hashes = new Map<number, { part: Part; hash: Hash }>();
  return {
    text(bytes, file, part) {
      if (!editions.some(({ parts }) => parts[part]?.md5 !== undefined)) return;
      if (!hashes.has(file)) hashes.set(file, { part, hash: createHash('md5') });
      hashes.get(file)!.hash.update(bytes);
    },
    block({ size, labels, weights, sameLine, parts: partOfRow }) {
      for (let row = 0; row < size; row++) {
        const part = partOfRow === undefined ? 0 : partOfRow[row];
        // Lines with counts are published as lines.
        if (sameLine === undefined || sameLine[row] === 0) rows[part]++;
        clicks[part] += labels[row] * (sameLine === undefined ? 1 : weights![row]);
      }
    },
    comparison() {
      const all = [...hashes.values()];
      return compareWith(
        editions,
        Object.fromEntries(
          parts.flatMap((part, p) => {
            if (rows[p] === 0) return [];
            const own = all.filter((one) => one.part === part);
            // Several files together are not the published one: their rows are compared alone.
            const md5 = own.length === 1 ? own[0].hash.copy().digest('hex') : undefined;
            return [[part, { rows: rows[p], clicks: clicks[p], ...(md5 !== undefined && { md5 }) }]];
          }),
        ),
      );
    },
  };
}

/** The same rows, and their comparison in the origin. */
export function checkedSource(source: RawSource, check: LogCheck): RawSource {
  return {
    ...source,
    async *blocks() {
      for await (const block of source.blocks()) {
        check.block(block);
        yield block;
      }
    },
    origin: () => ({ ...source.origin!(), published: check.comparison() }),
  };
}
