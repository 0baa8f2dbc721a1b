import { Command } from 'commander';
import { expect, test } from 'vitest';
import { datasets } from '../../datasets/index.ts';
import { addDatasetOptions, datasetRequest } from '../../scripts/options/dataset-options.ts';

const request = (name: string, args: readonly string[], recipe?: string) => {
  const command = addDatasetOptions(new Command()).parse(args, { from: 'user' });
  if (recipe !== undefined) command.setOptionValueWithSource('protocol', recipe, 'recipe');
  const { protocol, shares } = datasetRequest(
    datasets.find((dataset) => dataset.name === name)!,
    command,
    [],
  );
  return { protocol, shares };
};

test.each([
  ['criteo', [], 'temporal'],
  ['planted', [], 'temporal'],
  ['table', [], 'temporal'],
  ['criteo-x4', [], 'given'],
  ['criteo-x4', ['--protocol', 'random'], 'random'],
  ['amazon-access', [], 'random'],
])('%s %j is divided by its own protocol, or the one that is named', (name, args, protocol) => {
  expect(request(name, args)).toEqual({ protocol, shares: undefined });
});

test('a recipe divides anew what does not come split, and nothing else', () => {
  expect(request('criteo', [], 'random').protocol).toBe('random');
  expect(request('avazu', [], 'random')).toEqual({ protocol: 'random', shares: undefined });
  expect(request('criteo-x4', [], 'random').protocol).toBe('given');
});

test("Avazu's last day is a share of its own, unless shares or a protocol are named", () => {
  const { shares } = request('avazu', []);
  const { parts } = datasets.find(({ name }) => name === 'avazu')!.published![0];
  expect(parts.train!.rows! * (1 - shares!.train)).toBeCloseTo(4_218_938, 3);
  expect(request('avazu', ['--shares', '0.8,0.1,0.1']).shares!.train).toBe(0.8);
  expect(request('avazu', ['--protocol', 'rolling']).shares).toBeUndefined();
});

test('the help names the protocols of data sets', () => {
  const help = addDatasetOptions(new Command()).helpInformation().replace(/\s+/g, ' ');
  expect(help).toMatch(/default: temporal; random for kdd12, amazon-access; given for criteo-x1, criteo-x4/);
});
