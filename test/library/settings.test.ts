import { expect, test } from 'vitest';
import { argumentsOf, type CompareSettings } from '../../library/settings.ts';
import { benchCommand } from '../../scripts/options/bench-options.ts';

/** The settings of a script as arguments of the command. */

const known = new Set(benchCommand().options.map(({ long }) => long));

test.each<[CompareSettings, string[]]>([
  [{ method: ['md', 'qr'], compression: 4 }, ['--method', 'md,qr', '--compression', '4']],
  [{ learningRate: [0.1, 0.2] }, ['--learning-rate', '0.1,0.2']],
  [{ set: { 'md.temperature': 0.3 } }, ['--set', 'md.temperature=0.3']],
  [{ plugin: ['./a.ts', 'b'] }, ['--plugin', './a.ts', '--plugin', 'b']],
  [{ references: false, force: true }, ['--no-references', '--force']],
  // There is no --references and no --no-force: both are as they are without a flag.
  [{ references: true, baseline: true, force: false }, []],
  [{ strange: true, other: false }, ['--strange', '--no-other']],
  [{ dim: undefined }, []],
])('%j', (settings, args) => {
  expect(argumentsOf(settings, known)).toEqual(args);
});

test('a setting of the terminal is refused by name', () => {
  expect(() => argumentsOf({ watch: true }, known)).toThrow(
    /^watch: that is for the command line; leave it out$/,
  );
});
