import { expect, test } from 'vitest';
import { backends, chooseBackend } from '../../backends/index.ts';
import type { Backend, Probe } from '../../harness/contract/backend.ts';

const found = (name: string, probe: Partial<Probe>): Backend => ({
  name,
  title: '',
  probe: () => Promise.resolve({ usable: true, version: '', detail: '', ...probe }),
  open: () => Promise.reject(new Error('nothing was to be opened')),
});

test('a name is taken as it is', async () => {
  expect(await chooseBackend('wasm')).toBe('wasm');
});

test('auto is the first that works and need not be asked for', async () => {
  const card = (probe: Partial<Probe>) => [
    found('card', probe),
    found('software', { automatic: false }),
    found('cpu', {}),
  ];
  expect(await chooseBackend('auto', card({}))).toBe('card');
  expect(await chooseBackend('auto', card({ automatic: false }))).toBe('cpu');
  expect(await chooseBackend('auto', card({ usable: false }))).toBe('cpu');
  await expect(chooseBackend('auto', [found('card', { usable: false })])).rejects.toThrow(
    'no backend works here',
  );
});

test('cards come before native, native before wasm, and the oracle is last', () => {
  expect(backends.map(({ name }) => name)).toEqual(['webgpu', 'tensorflow', 'native', 'wasm', 'cpu']);
});
