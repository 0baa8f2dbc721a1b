import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hash32 } from '../../base/hash.ts';
import { UserError } from '../../base/user-error.ts';
import { random } from '../../base/random.ts';
import { writeTextToken } from '../../datasets/text-token.ts';
import type { ManifestData, RawRow } from '../../serving/program/manifest.ts';
import { RowEncoder } from '../../serving/reader/raw-rows.ts';
import { writeSafetensors } from '../../serving/safetensors/write.ts';
import { scratch } from '../scripts/run-script.ts';
import { hasNumPy, pythonJson } from './python.ts';

/** Raw rows as the Python reader takes them, and as the TypeScript reader does. */

describe.skipIf(!hasNumPy)('raw rows', () => {
  test('tokens of texts are those of the log', () => {
    const letters = 'aé語🙂 -9';
    const stream = random(1);
    const texts = Array.from({ length: 300 }, (_, i) =>
      Array.from({ length: i % 40 }, () => [...letters][Math.floor(7 * stream.uniform())]).join(''),
    );
    const wanted = texts.map((text) => {
      const words = new Uint32Array(3);
      writeTextToken(text, words, 0);
      return [...words];
    });
    const program = `import json, sys
from embed_bench_reader.tokens import text_token
print(json.dumps([text_token(text) for text in json.load(sys.stdin)]))`;
    expect(pythonJson(program, texts)).toEqual(wanted);
  });

  test('cells that are no values of their column are refused by both readers', () => {
    const data: ManifestData = {
      ...{ name: 'rows', fingerprint: '0', dense: [{ name: 'dense', transform: 'raw' }] },
      fields: [
        { name: 'hex', token: 'integer32', written: 'hex', outOfVocabulary: 0, tensor: 'vocabulary.0' },
        { name: 'whole', token: 'integer32', outOfVocabulary: 0, tensor: 'vocabulary.0' },
      ],
    };
    const fields = data.fields.map((field) => ({ name: field.name, cardinality: 2 }));
    // The first one is a digit of another script.
    const rows: RawRow[] = [{ hex: '\u0661' }, { hex: '12_3' }, { whole: '1_000' }, { whole: 1.5 }, { dense: '1_0' }, { dense: 'x' }]; // prettier-ignore
    const names = rows.map((row) => Object.keys(row)[0]);
    const encoder = new RowEncoder(data, fields, () => Uint32Array.of(1));
    rows.forEach((row, i) => expect(() => encoder.encode([row])).toThrow(`${names[i]}: `));

    const path = join(scratch(), 'vocabulary.safetensors');
    const one = { name: 'vocabulary.0', dtype: 'U32' as const, shape: [1, 1], pieces: [Uint8Array.of(1, 0, 0, 0)] }; // prettier-ignore
    writeSafetensors(path, [one]);
    const program = `import json, sys
from embed_bench_reader import ReaderError
from embed_bench_reader.raw_rows import RowEncoder
from embed_bench_reader.safetensors import Safetensors
given = json.load(sys.stdin)
encoder = RowEncoder(given["data"], given["fields"], Safetensors(given["path"]))
def refused(row):
    try:
        return str(encoder.encode([row]))
    except ReaderError as error:
        return "refused: " + str(error)
print(json.dumps([refused(row) for row in given["rows"]]))`;
    const found = pythonJson<string[]>(program, { data, fields, path, rows });
    expect(found.map((text) => /^refused: (\w+): /.exec(text)?.[1])).toEqual(names);
  });

  test('rows become the ids, dense values and further values of the TypeScript reader', () => {
    const folder = scratch();
    const stream = random(4);
    const draw = (many: number) => Math.floor(many * stream.uniform());
    const text = (i: number) => (i % 2 ? `t${i}` : `a text of more bytes ${i}`);
    const data: ManifestData = {
      ...{ name: 'rows', fingerprint: '0' },
      dense: [
        { name: 'log', transform: 'log' },
        { name: 'raw', transform: 'raw' },
        { name: 'standard', transform: 'standard', mean: 3, deviation: 7 },
      ],
      fields: [
        { name: 'hex', token: 'integer32', written: 'hex', outOfVocabulary: 3, tensor: 'vocabulary.0' },
        { name: 'whole', token: 'integer32', missing: 2 ** 31, outOfVocabulary: 0, tensor: 'vocabulary.1' },
        { name: 'wide', token: 'integer64', outOfVocabulary: 20, tensor: 'vocabulary.2' },
        { name: 'texts', token: 'text', outOfVocabulary: 7, tensor: 'vocabulary.3' },
        { name: 'count', token: 'bucket', outOfVocabulary: 2, tensor: 'vocabulary.4' },
        { name: 'hashed hex', token: 'integer32', written: 'hex', hashed: { field: 5, ids: 1000 } },
        { name: 'hashed wide', token: 'integer64', hashed: { field: 6, ids: 2 ** 31 } },
        { name: 'hashed texts', token: 'text', hashed: { field: 7, ids: 77 } },
      ],
    };
    const textTokens = new Uint32Array(60);
    for (let i = 0; i < 19; i++) writeTextToken(text(i), textTokens, i);
    const tokens: Uint32Array[] = [
      Uint32Array.from({ length: 20 }, (_, i) => hash32(i, 1)),
      Uint32Array.of(2 ** 31, ...Array.from({ length: 19 }, (_, i) => (5 - i) >>> 0)),
      Uint32Array.from({ length: 40 }, (_, i) => (i % 2 ? (i >>> 1) % 3 : hash32(i, 2))),
      textTokens, // the last one is that of a missing text
      Uint32Array.of(2 ** 31, 0, 1, 2, 4, 6, 7, 9, 2 ** 32 - 1),
    ];
    const words = [1, 1, 2, 3, 1];
    const fields = data.fields.map(({ name, hashed }, f) => ({ name, cardinality: hashed?.ids ?? tokens[f].length / words[f] + 1, ...(name === 'texts' && { pool: 'mean' as const }) })); // prettier-ignore
    const missing = <T>(cell: T) => (draw(6) === 0 ? null : cell);
    const rows = Array.from({ length: 200 }, (): RawRow => {
      const wide = 2 * draw(25);
      const written = (BigInt((wide >>> 1) % 3) << 32n) | BigInt(hash32(wide, 2));
      return {
        log: missing(draw(2) ? draw(90_000) - 20 : 7.3),
        raw: missing(stream.normal()),
        ...(draw(5) > 0 && { standard: missing(10 * stream.normal()) }),
        hex: missing(hash32(draw(25), 1).toString(16).padStart(8, '0')),
        whole: missing(draw(2) ? draw(25) - 15 : String(draw(25) - 15)),
        wide: missing(String(written)),
        texts: draw(6) === 0 ? [] : Array.from({ length: 1 + draw(4) }, () => missing(text(draw(25)))),
        count: missing(draw(3) ? draw(40) - 2 : 2.5),
        'hashed hex': missing(hash32(draw(25), 1).toString(16)),
        'hashed wide': missing(String(written)),
        'hashed texts': missing(text(draw(25))),
      };
    });
    writeSafetensors(
      join(folder, 'vocabulary.safetensors'),
      tokens.map((own, f) => ({
        ...{ name: `vocabulary.${f}`, dtype: 'U32' as const, shape: [own.length / words[f], words[f]] },
        pieces: [new Uint8Array(own.buffer)],
      })),
    );
    const wanted = new RowEncoder(data, fields, (field) => tokens[field]).encode(rows);
    const program = `import json, sys
from embed_bench_reader.raw_rows import RowEncoder
from embed_bench_reader.safetensors import Safetensors
given = json.load(sys.stdin)
encoder = RowEncoder(given["data"], given["fields"], Safetensors(given["vocabulary"]))
dense, ids, further = encoder.encode(given["rows"])
print(json.dumps([dense.astype(float).reshape(-1).tolist(), ids.reshape(-1).tolist(), [[f, pool, samples.tolist()] for f, pool, samples in further]]))`;
    const [dense, ids, further] = pythonJson<[number[], number[], [number, string, number[]][]]>(program, {
      ...{ data, fields, rows, vocabulary: join(folder, 'vocabulary.safetensors') },
    });
    expect(ids).toEqual([...wanted.ids]);
    expect(further).toEqual(wanted.further!.fields.map(({ field, pool, samples }) => [field, pool, [...samples]])); // prettier-ignore
    expect(Float32Array.from(dense)).toEqual(wanted.dense);
    expect(new Set(ids).size).toBeGreaterThan(15);
  });

  test('odd cells have one meaning in both readers, or are refused by both', () => {
    const folder = scratch();
    const fields = [
      { name: 'hex', token: 'integer32', written: 'hex', outOfVocabulary: 0, tensor: '0' },
      { name: 'whole', token: 'integer32', missing: 2 ** 31, outOfVocabulary: 0, tensor: '1' },
      { name: 'wide', token: 'integer64', outOfVocabulary: 0, tensor: '2' },
      { name: 'text', token: 'text', outOfVocabulary: 0, tensor: '3' },
      { name: 'bucket', token: 'bucket', outOfVocabulary: 0, tensor: '4' },
      { name: 'several', token: 'text', outOfVocabulary: 0, tensor: '5' },
    ] as const;
    const texts = (all: readonly string[]) => {
      const words = new Uint32Array(3 * all.length);
      all.forEach((text, i) => writeTextToken(text, words, i));
      return words;
    };
    const tokens = [
      Uint32Array.of(0, 7, 16, 0x1e3),
      Uint32Array.of(2 ** 31, 7, 16, 1000, 1, 0),
      Uint32Array.of(0, 0, 7, 0, 16, 0, 1000, 0, 1, 0),
      texts(['', '7', '7.5', 'true', 'null', 'NaN', '[object Object]', '7,8']),
      Uint32Array.of(2 ** 31, 7, 3, 1, 0),
      texts(['', '7', '8', 'true']),
    ];
    const words = [1, 1, 2, 3, 1, 3];
    const cells = [
      ...[null, '', ' ', '7', '07', '7.0', '7.', '+7', ' 7 ', '-7', '7.5', '0x10', '1e3', '1_000', '７', 'Infinity', 'NaN', 'true'],
      ...[7, 7.5, 0, -7, 1e39, [], ['7'], ['7', '8'], ['7', ''], [null], [['7']], {}, { token: [7, 0, 0] }],
    ]; // prettier-ignore
    const rows = [...fields.map(({ name }) => name), 'dense'].flatMap((name) => cells.map((cell) => ({ [name]: cell }))); // prettier-ignore
    const odd = [...rows, null, 7, 'hex', [1], [{ hex: '7' }]];
    const data = {
      name: 'odd',
      fingerprint: '0',
      dense: [{ name: 'dense', transform: 'raw' as const }],
      fields,
    };
    const pools = fields.map(({ name }) => ({ name, cardinality: 9, ...(name === 'several' && { pool: 'sum' as const }) })); // prettier-ignore
    const encoder = new RowEncoder(data, pools, (field) => tokens[field]);
    const wanted = odd.map((row) => {
      try {
        const { ids, dense } = encoder.encode([row as RawRow]);
        return [[...ids], [...dense]];
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        return 'refused';
      }
    });
    const vocabulary = join(folder, 'vocabulary.safetensors');
    writeSafetensors(vocabulary, tokens.map((own, f) => ({ name: String(f), dtype: 'U32', shape: [own.length / words[f], words[f]], pieces: [new Uint8Array(own.buffer)] }))); // prettier-ignore
    const program = `import json, sys
from embed_bench_reader import ReaderError
from embed_bench_reader.raw_rows import RowEncoder
from embed_bench_reader.safetensors import Safetensors
given = json.load(sys.stdin)
encoder = RowEncoder(given["data"], given["fields"], Safetensors(given["vocabulary"]))
def one(row):
    try:
        dense, ids, further = encoder.encode([row])
        return [ids.reshape(-1).tolist(), dense.reshape(-1).astype(float).tolist()]
    except ReaderError:
        return "refused"
print(json.dumps([one(row) for row in given["rows"]]))`;
    const found = pythonJson<unknown[]>(program, { data, fields: pools, rows: odd, vocabulary });
    odd.forEach((row, i) => expect([row, found[i]]).toEqual([row, wanted[i]]));
    const refused = (row: unknown) => wanted[odd.findIndex((one) => JSON.stringify(one) === JSON.stringify(row))] === 'refused'; // prettier-ignore
    expect([{ text: {} }, { whole: [] }, { whole: ' ' }, { wide: '0x10' }, { dense: 1e39 }, null].map(refused)).toEqual(Array(6).fill(true)); // prettier-ignore
    expect([{ text: 7.5 }, { whole: '7.0' }, { hex: ['7'] }, { several: [] }].map(refused)).toEqual(Array(4).fill(false)); // prettier-ignore
  });
});
