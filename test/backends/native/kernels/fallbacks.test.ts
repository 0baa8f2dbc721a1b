import * as tf from '../../../tfjs.ts';
import { expect, test } from 'vitest';
import { describeKernels } from './describe-kernels.ts';

describeKernels('what kernels leave to the cpu backend', (opened) => {
  test('is counted, or refused by name', async () => {
    await tf.setBackend('native');
    const strings = () => tf.concat([tf.tensor1d(['a']), tf.tensor1d(['b'])]);
    expect(() => strings()).toThrow(/no kernel Concat of its own for string/);
    opened.backend.fallbacks!.refused = false;
    const before = opened.backend.fallbacks!.counts.get('Concat') ?? 0;
    expect(strings().dataSync()).toEqual(['a', 'b']);
    expect([...tf.abs(tf.complex([3], [4])).dataSync()]).toEqual([5]);
    expect(opened.backend.fallbacks!.counts.get('Concat')).toBe(before + 1);
    expect(opened.backend.fallbacks!.counts.get('ComplexAbs')).toBeGreaterThan(0);
    opened.backend.fallbacks!.refused = true;
  });
});
