import { duration } from '../terminal/duration.ts';
import { complain } from '../terminal/printed.ts';
import type { RoundsWatch } from '../../suites/throughput/rounds-options.ts';
import { terminalBar } from './terminal-bar.ts';

/** Shows a throughput measurement on stderr: a bar on a terminal, a line per configuration and round elsewhere. */
export function raceLines(
  rounds: number,
): RoundsWatch & { readonly note: (line: string) => void; stop(): void } {
  const bar = terminalBar('{bar} {percentage} %  {now}  {left}  {label}');
  const say = (line: string) => (bar ? bar.above(line) : complain(line));
  let start: number | undefined;
  let said = -1;
  return {
    note: say,
    building(title, number, total) {
      if (bar) bar.show(0, { now: `building ${number} of ${total}`, left: '', label: title });
      else say(`building ${number} of ${total}: ${title}`);
    },
    lost: (title, error) => say(`${title}: failed: ${error}`),
    turn(round, title, fraction) {
      start ??= performance.now();
      const left = ((performance.now() - start) / 1000) * (1 / fraction - 1);
      const now = round === 0 ? 'warming up' : `round ${round} of ${rounds}`;
      bar?.show(fraction, { now, left: fraction > 0 ? `${duration(left)} left` : '', label: title });
      if (!bar && round > said) say(now);
      said = round;
    },
    stop: () => bar?.stop(),
  };
}
