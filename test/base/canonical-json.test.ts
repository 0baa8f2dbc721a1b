import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../base/canonical-json.ts';
import { practiceOf, type TrainingPractice } from '../../harness/contract/training-practice.ts';
import { plural } from '../../base/plural.ts';
import { readRecording } from '../../results/store.ts';

test('objects with equal members give equal text, at any depth', () => {
  expect(canonicalJson({ b: [1, { d: 2, c: undefined }], a: 'x' })).toBe('{"a":"x","b":[1,{"d":2}]}');
  expect(canonicalJson({ a: 'x', b: [1, { d: 2 }] })).toBe('{"a":"x","b":[1,{"d":2}]}');
  expect(canonicalJson([undefined, null, 1e-7])).toBe('[null,null,1e-7]');
  expect(canonicalJson(undefined)).toBe('null');
  const odd = JSON.parse('{"toString":1,"__proto__":2}') as unknown;
  expect(canonicalJson(odd)).toBe('{"__proto__":2,"toString":1}');
});

const recordings = join(import.meta.dirname, '../../recordings');
const published = readdirSync(recordings).filter((name) => existsSync(join(recordings, name, 'runs.jsonl')));

/** Default options of the other models that have published runs; those of DLRM are the widths of its layers. */
const optionsOfModels: Readonly<Record<string, object>> = {
  linear: {},
  'wide-deep': { hidden: [256, 256] },
  deepfm: { hidden: [256, 256], dense: 'embedded' },
  'dcn-v2': { cross: 3, rank: 0, experts: 0, hidden: [256, 256], structure: 'parallel' },
};

test.each(published)('the ids in %s are hashes of what was asked', (name) => {
  for (const run of readRecording(join(recordings, name)).runs) {
    const [bottom, top] = run.network.split('/').map((layers) => layers.split('-').map(Number));
    const { method, options, model, dim, batchSize, batchOrder, epochs, optimizer, backend, threads } = run;
    const { seed, learningRate, activations, gradients, count } = run;
    const asked = {
      dataFingerprint: run.dataset.fingerprint,
      compression: run.compression.requested,
      ...(optionsOfModels[model] ?? { bottom, top }),
      ...{ ...practiceOf(run as unknown as TrainingPractice), reference: run.reference },
      ...{ method, options, model, dim, batchSize, batchOrder, epochs, optimizer, backend },
      ...{ threads, seed, learningRate, activations, gradients, count },
    };
    const hash = createHash('sha256').update(canonicalJson(asked)).digest('hex');
    expect(hash.slice(0, 16)).toBe(run.id);
  }
});

test('every count but one gives the noun an s', () => {
  expect([0, 1, 2].map((count) => plural(count, 'seed'))).toEqual(['0 seeds', '1 seed', '2 seeds']);
  expect(plural(12345, 'row', '12,345')).toBe('12,345 rows');
});
