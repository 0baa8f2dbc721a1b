import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { UserError } from '../../base/user-error.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { methods, wrappers } from '../../methods/index.ts';
import { hashingTrick } from '../../methods/hashing-trick.ts';
import { chosenMethods, setting } from '../../scripts/options/set-option.ts';
import { list } from '../../scripts/options/values.ts';
import { describeMethods } from '../../suites/running/environment.ts';
import { wrappedOptions } from '../../methods/post-training-quantization/wrapped-options.ts';
import { expandName, findMethod } from '../../suites/find-method.ts';
import { expand } from '../../suites/job.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';
import { someSettings } from './settings.ts';

vi.mock(import('../../methods/index.ts'), async (original) => {
  const there = await original();
  const { halving } = await import('./halving.ts');
  return { ...there, wrappers: [...there.wrappers, halving] };
});

const names = methods.map(({ name }) => name);

describe('a wrapped method', () => {
  test.each(['half(hashing-trick)', 'half(hash)', 'HALVED( Hash )'])('%s has one name', (wanted) => {
    expect(findMethod(wanted)).toMatchObject({ name: 'half(hashing-trick)', aliases: [] });
  });

  test('takes the options of both, with their defaults', () => {
    const { options } = findMethod('half(hash)');
    expect(options.parse({ keep: 3 })).toEqual({ index: 'hash', keep: 3, of: 0.5 });
    expect(() => options.parse({ kept: 3 })).toThrow(/kept/);
  });

  test('plans by them', () => {
    const layer = layerAt(zipfFields([900, 40]), 8, 2);
    const bytes = (options = {}) =>
      sizeOf(feasiblePlan(findMethod('half(hash)'), layer, options)).servingBytes;
    expect(bytes({ of: 1 })).toBe(sizeOf(feasiblePlan(hashingTrick, layer)).servingBytes);
    expect(bytes()).toBeLessThanOrEqual(layer.budget / 2);
    expect(bytes({ of: 1, index: 'modulo' })).toBe(bytes({ of: 1 }));
  });

  test('is described under its name', () => {
    expect(describeMethods(['half(full)', 'full', 'int8(hash)'])).toMatchObject({
      'half(full)': { title: 'Half of Full table' },
      full: { title: 'Full table', formula: 'E(i) = T[i], T: n × d', defaults: {} },
      'int8(hashing-trick)': {
        formula: expect.stringMatching(/^E\(i\) = T\[h\(i\)\].*; w ≈ lo \+ s q, .* to 255$/) as string,
        defaults: { index: 'hash', keep: 200, range: 'min-max', floatsPerScale: 32 },
      },
    });
  });

  test.each([
    ['hal(hash)', 'nothing called "hal" can be put around a method: there are'],
    ['halv(hash)', 'did you mean halved?'],
    ['half(hsah)', 'no method is called "hsah"'],
    ['half(hsah)', 'did you mean hash?'],
    ['hash(full)', 'hash(full): hashing-trick is a method, and can be put around none'],
    ['half', "half is put around a method: 'half("],
    ['half(half)', "half is put around a method: 'half("],
    ['half(half(md))', 'wrappers go around a method, not around each other'],
    ['half(md', '"half(md": brackets hold a method'],
    ['md)', '"md)": brackets hold a method'],
    ['half()', '"half()": brackets hold a method'],
    ['(md)', '"(md)": brackets hold a method'],
    ['half(md)x', '"half(md)x": brackets hold a method'],
  ])('%s is refused', (wanted, message) => {
    expect(() => findMethod(wanted)).toThrow(UserError);
    expect(() => findMethod(wanted)).toThrow(message);
    expect(() => findMethod(wanted)).toThrow(/^[^\n]*$/);
  });
});

describe('a list of names', () => {
  const expanded = (text: string) => list(text).flatMap((name) => expandName(name));

  test('may hold wrapped ones, several in one bracket, and all', () => {
    expect(expanded('md, half(md,qr),hash')).toEqual(['md', 'half(md)', 'half(qr)', 'hash']);
    const competing = names.filter((name) => name !== 'no-ids');
    expect(expanded('all,half(md)')).toEqual([...competing, 'half(md)']);
    expect(expanded('half(ALL)')).toEqual(competing.map((name) => `half(${name})`));
  });

  test('--method with --set: canonical, each once, settings by their owner', () => {
    const settings = ['half(md).blocks=3', 'halved(mixed-dimension).of=.25', 'md.blocks=5'].reduce(
      (before: ReturnType<typeof setting> | undefined, text) => setting(text, before),
      undefined,
    );
    expect(chosenMethods(['md', 'half(md,mde)'], settings!)).toEqual([
      { name: 'mixed-dimension', options: { blocks: 5 } },
      { name: 'half(mixed-dimension)', options: { blocks: 3, of: 0.25 } },
    ]);
  });

  test('a setting for the method that runs wrapped alone is refused with what was meant', () => {
    expect(() => chosenMethods(['half(md)'], setting('md.blocks=3'))).toThrow(
      "mixed-dimension is not among the methods that run; did you mean --set 'half(mixed-dimension).blocks=...'?",
    );
  });
});

describe('a comparison', () => {
  const runs = (...asked: string[]) =>
    expand({ ...someSettings, seeds: [1], methods: asked.map((name) => ({ name, options: {} })) }, 'f').map(
      ({ method, compression }) => `${method} ${compression}x`,
    );

  test('compresses what is wrapped, full too; alone it is the baseline', () => {
    expect(runs('half(full)')).toEqual(['full 1x', 'half(full) 4x', 'half(full) 16x']);
    expect(runs('full', 'half(full)', 'halved(FULL)')).toEqual(runs('half(full)'));
  });

  test('an option of the wrapper is one of the run', () => {
    const [, job] = expand(
      { ...someSettings, methods: [{ name: 'half(hash)', options: { of: 0.25 } }] },
      'f',
    );
    expect(job.options).toEqual({ index: 'hash', keep: 200, of: 0.25 });
  });
});

describe('every wrapper', () => {
  test.each(wrappers)('$name goes around every method, whose options it keeps', (wrapper) => {
    for (const method of methods) {
      const defaults = method.options.parse({}) as object;
      const own = wrapper.options.parse({}) as object;
      expect(wrapper.wrap(method).options.parse({}), method.name).toEqual({ ...defaults, ...own });
    }
  });

  test('has a name and aliases of its own, as every method has', () => {
    const all = [...methods, ...wrappers].flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(new Set(all).size).toBe(all.length);
    for (const name of all) expect(name).toMatch(/^[a-z0-9-]+$/);
    expect(all).not.toContain('all');
  });
});

test('an option that both have is a mistake of the project', () => {
  expect(() => wrappedOptions(z.strictObject({ keep: z.int() }), hashingTrick)).toThrow(
    'hashing-trick has an option of the same name: keep',
  );
});
