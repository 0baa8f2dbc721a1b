import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What NVIDIA's driver calls the graphics cards, each once; TensorFlow's binding does not say. Empty where the driver tells
 * nothing.
 */
export function cardNames(folder = '/proc/driver/nvidia/gpus'): string {
  if (!existsSync(folder)) return '';
  const names = readdirSync(folder).flatMap((card) => {
    const file = join(folder, card, 'information');
    const model = existsSync(file) ? /^Model:\s*(.*?)\s*$/m.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
    return model ? [model] : [];
  });
  return [...new Set(names)].sort().join(' and ');
}
