import * as chai from 'chai';
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  ChaiStyleAssertions,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';
import type * as Vitest from 'vitest';
import { titleOf } from './title.ts';

/**
 * The part of Vitest that the rules for methods use, in the bundle of checks: a package has no Vitest, and one file of tests serves both.
 * Tests are collected here and carried out by run-tests.ts. Assertions are Vitest's own.
 */

type Work = (...given: never[]) => unknown;

/** A test with the hooks of the groups that it is in. */
export interface Collected {
  /** Its title behind those of its groups. */
  readonly name: string;
  readonly skipped: boolean;
  readonly run: () => unknown;
  readonly group: Group;
}

interface Group {
  readonly title: string;
  readonly outer?: Group;
  readonly before: (() => unknown)[];
  readonly after: (() => unknown)[];
  /** True once the first hooks have run. */
  begun: boolean;
}

let tests: Collected[] = [];
let group = groupOf('');

function groupOf(title: string, outer?: Group): Group {
  return { title, ...(outer && { outer }), before: [], after: [], begun: false };
}

/** The tests that a file registers, and an empty list for the next file. */
export function collected(): Collected[] {
  const found = tests;
  tests = [];
  group = groupOf('');
  return found;
}

/** The groups of a test, the outermost first. */
export function groupsOf({ group }: Collected): Group[] {
  const groups = [];
  for (let one: Group | undefined = group; one !== undefined; one = one.outer) groups.unshift(one);
  return groups;
}

type Register = (title: string, work: Work, skipped: boolean) => void;

const addTest: Register = (title, work, skipped) => {
  const titles = [title];
  for (let one: Group | undefined = group; one !== undefined; one = one.outer) titles.unshift(one.title);
  const name = titles.filter((part) => part !== '').join(' > ');
  tests.push({ name, skipped, run: () => work(...([{ task: { meta: {} } }] as never[])), group });
};

const addGroup: Register = (title, work, skipped) => {
  if (skipped) return;
  const outer = group;
  group = groupOf(title, outer);
  try {
    void work();
  } finally {
    group = outer;
  }
};

/** `test(title, work)`, `test(title, options, work)` and the forms that Vitest hangs on it. Options are time limits: there are none here. */
function api(register: Register, skipped = false) {
  const workOf = (given: readonly unknown[]) => given.find((one) => typeof one === 'function') as Work;
  const plain = (title: string, ...given: unknown[]) => register(title, workOf(given), skipped);
  const eachOf =
    (spread: boolean) =>
    (cases: readonly unknown[]) =>
    (title: string, ...given: unknown[]) => {
      const work = workOf(given) as (...given: unknown[]) => unknown;
      cases.forEach((one, i) => {
        const row = spread && Array.isArray(one) ? (one as unknown[]) : [one];
        register(titleOf(title, row, i), (context) => work(...row, context), skipped);
      });
    };
  return Object.assign(plain, { each: eachOf(true), for: eachOf(false) });
}

const withForms = (register: Register) =>
  Object.assign(api(register), {
    skip: api(register, true),
    skipIf: (condition: unknown) => api(register, Boolean(condition)),
    runIf: (condition: unknown) => api(register, !condition),
  });

/** The forms are few, but those have Vitest's types. */
export const test = withForms(addTest) as unknown as typeof Vitest.test;
export const it = test;
export const describe = withForms(addGroup) as unknown as typeof Vitest.describe;

export const beforeAll = (hook: () => unknown): void => void group.before.push(hook);
export const afterAll = (hook: () => unknown): void => void group.after.push(hook);

/** The bundle has the replaced module already: hash.ts. */
export const vi = { mock: (): void => {} };

for (const plugin of [JestExtend, JestChaiExpect, ChaiStyleAssertions, JestAsymmetricMatchers])
  chai.use(plugin);

const shared = globalThis as unknown as Record<symbol, object>;
const assertion = (value: unknown, message?: string) => chai.expect(value, message);
export const expect = Object.assign(
  assertion,
  chai.expect,
  shared[ASYMMETRIC_MATCHERS_OBJECT],
) as unknown as typeof Vitest.expect;
Object.defineProperty(globalThis, GLOBAL_EXPECT, { value: expect, writable: true, configurable: true });
setState({ assertionCalls: 0 }, expect);
