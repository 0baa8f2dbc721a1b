/** The planted log, row by row. */
import { deriveSeed, mix32 } from '../../base/hash.ts';
import type { Origin, RawBlock, RawSource } from '../raw-rows.ts';
import { categoryColumns, integerColumns } from './columns.ts';
import { uniformDraw } from './draws.ts';
import type { PlantedLog } from './planted-log.ts';
import type { PlantedSettings } from './settings.ts';
import { firstVersion } from './version-1/truth.ts';
import { secondVersion } from './version-2/truth.ts';

export interface PlantedReading {
  /** Rows made at a time; 8,192 keep the work of a block in the cache. */
  readonly blockRows?: number;
  /** Called after each block with the rows made so far. */
  readonly onRows?: (rows: number) => void;
}

/** The generators, by `settings.version`. */
const versions: Readonly<Record<number, (settings: PlantedSettings, capacity: number) => PlantedLog>> = {
  1: firstVersion,
  2: secondVersion,
};

/** A log of `settings.rows` rows, the same whatever the rows of a block. Row i can be made without those before it. */
export function plantedSource(
  settings: PlantedSettings,
  { blockRows = 8192, onRows }: PlantedReading = {},
): RawSource {
  return {
    dense: integerColumns.map(({ name }) => ({ name, kind: 'integer' })),
    fields: categoryColumns.map(({ name }) => ({ name, kind: 'integer32', written: 'hex' })),
    blocks: () => blocks(settings, Math.min(blockRows, settings.rows), onRows),
    ...(settings.version > 1 && { origin: () => originOf(settings) }),
  };
}

function* blocks(
  settings: PlantedSettings,
  capacity: number,
  onRows?: (rows: number) => void,
): Generator<RawBlock> {
  const { rows: total, version } = settings;
  const seed = worldSeed(settings);
  const { ids, integers, probabilities, fill } = versions[version]({ ...settings, seed }, capacity);
  const click = uniformDraw(seed, 'click');
  const writeTokens = categoryColumns.map((column) => tokensOf(deriveSeed(seed, 'token', column.name)));
  const labels = new Uint8Array(capacity);
  const tokens = categoryColumns.map(() => new Uint32Array(capacity));

  for (let start = 0; start < total; start += capacity) {
    const size = Math.min(capacity, total - start);
    fill(start, size);
    for (let row = 0; row < size; row++) labels[row] = click(start + row) < probabilities[row] ? 1 : 0;
    for (const [f, write] of writeTokens.entries()) write(ids[f], size, tokens[f]);
    yield { size, labels, dense: integers, tokens, probabilities };
    onRows?.(start + size);
  }
}

/** Versions share no hash: a log of one says nothing about the effects in a log of the other. */
export const worldSeed = ({ seed, version }: PlantedSettings): number =>
  version === 1 ? seed : deriveSeed(seed, 'version', version);

/** Records of version 1 name no version. */
function originOf({ version }: PlantedSettings): Origin {
  return { name: `planted, version ${version}`, badLines: 0, firstBadLines: [] };
}

/** A seeded bijection of ids to nonzero 32-bit tokens; -1 is missing, token 0. */
function tokensOf(first: number) {
  const second = deriveSeed(first, 'add');
  const bijection = (id: number) => mix32(mix32(id ^ first) + second);
  const spare = bijection(0xffffffff); // no id is that large, so its token is free for the one id that maps to 0
  return (ids: Int32Array, size: number, tokens: Uint32Array): void => {
    for (let row = 0; row < size; row++) tokens[row] = ids[row] < 0 ? 0 : bijection(ids[row]) || spare;
  };
}
