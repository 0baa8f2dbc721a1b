import type { Progress } from '../../datasets/index.ts';
import { duration } from '../terminal/duration.ts';
import { complain } from '../terminal/printed.ts';
import { terminalBar } from './terminal-bar.ts';

/** Shows a preparation on stderr: a bar on a terminal, a line per fifth elsewhere, nothing if the cache has the data. */
export function preparationBar() {
  const bar = terminalBar('preparing {bar} {percentage} %  {left}  {message}');
  const start = performance.now();
  let said = 0;
  return {
    onProgress({ fraction, message }: Progress): void {
      if (bar) {
        const left = ((performance.now() - start) / 1000) * (1 / fraction - 1);
        bar.show(fraction, { message, left: fraction > 0 ? `${duration(left)} left` : '' });
      } else if (fraction >= said) {
        complain(`preparing: ${Math.round(100 * fraction)} % (${message})`);
        said = fraction + 0.2;
      }
    },
    onMessage: (message: string) => (bar ? bar.above(message) : complain(message)),
    stop: () => bar?.stop(),
  };
}
