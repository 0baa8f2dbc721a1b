import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { afterAll, expect, test } from 'vitest';
import { openSafetensors } from '../../../serving/safetensors/read.ts';
import { writeSafetensors } from '../../../serving/safetensors/write.ts';
import { pythonForTests } from '../../python-for-tests.ts';

/** Files go to the Python package safetensors and back. Skipped, and seen to be, where the Python of these tests lacks it. */

const found = execaSync(pythonForTests, ['-c', 'import numpy, safetensors.numpy'], { reject: false });
const without = found.failed ? ' (no Python with numpy and safetensors: set EMBED_BENCH_PYTHON)' : '';

const folder = fs.mkdtempSync(join(tmpdir(), 'embed-bench-safetensors-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const python = (lines: readonly string[], ...args: string[]) =>
  execaSync(pythonForTests, ['-c', lines.join('\n'), ...args]).stdout;

test.skipIf(found.failed)(`Python reads what is written here${without}`, () => {
  const path = join(folder, 'ours.safetensors');
  const floats = Float32Array.from({ length: 6 }, (_, i) => Math.cos(i) * 10 ** (i - 3));
  writeSafetensors(
    path,
    [
      { name: 'codes', dtype: 'U8', shape: [3], pieces: [Uint8Array.of(1, 2, 255)] },
      { name: 'table', dtype: 'F32', shape: [2, 3], pieces: [new Uint8Array(floats.buffer)] },
      { name: 'half', dtype: 'F16', shape: [1, 2], pieces: [Uint8Array.of(0, 0x3c, 0, 0xc0)] },
      { name: 'long', dtype: 'I64', shape: [1], pieces: [new Uint8Array(BigInt64Array.of(-5n).buffer)] },
      { name: 'none', dtype: 'U32', shape: [0, 2], pieces: [] },
    ],
    { format: 'np' },
  );
  const read = python(
    [
      'import json, sys',
      'from safetensors import safe_open',
      'with safe_open(sys.argv[1], framework="np") as f:',
      '  tensors = {key: f.get_tensor(key) for key in f.keys()}',
      '  said = {key: [str(t.dtype), list(t.shape), t.astype("f8").ravel().tolist()] for key, t in tensors.items()}',
      '  print(json.dumps([f.metadata(), said]))',
    ],
    path,
  );
  expect(JSON.parse(read)).toEqual([
    { format: 'np' },
    {
      codes: ['uint8', [3], [1, 2, 255]],
      table: ['float32', [2, 3], [...floats]],
      half: ['float16', [1, 2], [1, -2]],
      long: ['int64', [1], [-5]],
      none: ['uint32', [0, 2], []],
    },
  ]);
});

test.skipIf(found.failed)(`what Python writes is read here${without}`, () => {
  const path = join(folder, 'theirs.safetensors');
  python(
    [
      'import sys, numpy as np',
      'from safetensors.numpy import save_file',
      'a = np.arange(12, dtype="f4").reshape(4, 3) / 7',
      'save_file({"a": a, "b": np.array([1, 300], dtype="u2"), "c": a.astype("f2")}, sys.argv[1], metadata={"k": "v"})',
    ],
    path,
  );
  const { tensors, metadata, close } = openSafetensors(path);
  expect(metadata).toEqual({ k: 'v' });
  const a = tensors.get('a')!;
  expect(a.shape).toEqual([4, 3]);
  const expected = Float32Array.from({ length: 12 }, (_, i) => i / 7);
  expect(new Float32Array(a.read(0, a.bytes).buffer)).toEqual(expected);
  expect(new Float32Array(a.read(24, 12).buffer)).toEqual(expected.subarray(6, 9));
  expect([...new Uint16Array(tensors.get('b')!.read(0, 4).buffer)]).toEqual([1, 300]);
  expect(tensors.get('c')).toMatchObject({ dtype: 'F16', bytes: 24 });
  close();
});
