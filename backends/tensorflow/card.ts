import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The names of the graphics cards from NVIDIA's driver, each once, because TensorFlow's binding does not tell them. Empty if
 * the driver tells nothing.
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
