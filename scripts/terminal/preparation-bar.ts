import { SingleBar } from 'cli-progress';
import type { Progress } from '../../datasets/index.ts';

/** Shows a preparation on stderr: a bar on a terminal, a line per fifth elsewhere; nothing where the cache has it all. */
export function preparationBar() {
  const { isTTY } = process.stderr;
  let bar: SingleBar | undefined;
  let said = 0;
  return {
    onProgress({ fraction, message }: Progress): void {
      if (isTTY) {
        if (bar === undefined) {
          bar = new SingleBar({
            format: 'preparing {bar} {percentage} %  {eta_formatted} left  {message}',
            stream: process.stderr,
            clearOnComplete: true,
          });
          bar.start(1000, 0, { message });
        }
        bar.update(Math.round(1000 * fraction), { message });
      } else if (fraction >= said) {
        console.error(`preparing: ${Math.round(100 * fraction)} % (${message})`);
        said = fraction + 0.2;
      }
    },
    onMessage: (message: string) => console.error(message),
    stop: () => bar?.stop(),
  };
}
