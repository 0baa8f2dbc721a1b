import { MultiBar, type SingleBar } from 'cli-progress';
import { plainLine, plainText } from '../terminal/printed.ts';

export interface TerminalBar {
  show(fraction: number, fields: Readonly<Record<string, string | number>>): void;
  /** Writes a line above the bar. */
  above(line: string): void;
  /** Removes the bar from the terminal. */
  stop(): void;
}

const width = 20;

/** A progress bar at the bottom of stderr; undefined if stderr is no terminal. It appears at the first update. */
export function terminalBar(format: string): TerminalBar | undefined {
  const { stderr } = process;
  if (!stderr.isTTY) return undefined;
  // MultiBar for a single bar: only that form of cli-progress prints lines above.
  const bars = new MultiBar({
    format: (_options, { progress }, fields: Record<string, string | number>) => {
      const full = Math.round(progress * width);
      const values: typeof fields = {
        ...fields,
        bar: '█'.repeat(full) + '░'.repeat(width - full),
        percentage: Math.floor(100 * progress),
      };
      const text = format.replace(/\{(\w+)\}/g, (_, name: string) => plainLine(String(values[name])));
      return text.slice(0, Math.max(1, stderr.columns - 1));
    },
    linewrap: true, // otherwise the terminal's wrapping is switched off, and a kill leaves it so
    gracefulExit: false, // it answers Ctrl-C by taking the bar away, and by nothing else
    forceRedraw: true,
    stream: stderr,
    clearOnComplete: true,
  });
  let bar: SingleBar | undefined;
  let drawn = 0;
  return {
    show(fraction, fields) {
      if (bar === undefined) bar = bars.create(1, fraction, fields);
      else bar.update(fraction, fields);
      // The bar's own timer does not fire while preparation blocks the event loop.
      if (performance.now() - drawn < 100) return;
      drawn = performance.now();
      bars.update();
    },
    above(line) {
      if (bar === undefined) return void stderr.write(`${plainText(line)}\n`);
      bars.log(`${plainText(line)}\n`);
      bars.update();
    },
    stop() {
      if (bar !== undefined) bars.stop();
      bar = undefined;
    },
  };
}
