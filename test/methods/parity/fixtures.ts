import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, compareVectors } from './embedding-parity.ts';
import type { Comparison } from './differences.ts';
import { compareProcedure, type ProcedureCase } from './procedures.ts';
import { compareSteps, type StepAnswer } from './step-parity.ts';

/** A file of fixtures: what reference code, or its formula, answered to questions about one method. */
export type Fixture = {
  /** Name of the file. */
  readonly name: string;
  readonly method: string;
  /** Repository@commit:file. */
  readonly origin: string;
  /** `run`: the authors' code ran. `formula of`: their code could not run, its formula was written anew. */
  readonly how: string;
  /** Parts of the reference that were replaced, and by what. */
  readonly mapped?: string;
  readonly compared: string;
  readonly script: string;
} & (
  | { readonly kind: 'vectors'; readonly cases: readonly Answer[] }
  | { readonly kind: 'steps'; readonly cases: readonly StepAnswer[] }
  | { readonly kind: 'procedure'; readonly cases: readonly ProcedureCase[] }
);

const folder = join(import.meta.dirname, 'fixtures');

export const fixtures = (): Fixture[] =>
  readdirSync(folder)
    .sort()
    .map((name): Fixture => {
      const read = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Fixture;
      return { ...read, name };
    });

/** A case of a fixture, and what our method makes of it. */
export interface FixtureCase {
  readonly label: string;
  compare(): Promise<Comparison>;
}

export function casesOf(fixture: Fixture): FixtureCase[] {
  switch (fixture.kind) {
    case 'vectors':
      return fixture.cases.map((answer) => ({
        label: answer.question.label,
        compare: () => compareVectors(fixture, answer),
      }));
    case 'steps':
      return fixture.cases.map((answer) => ({
        label: answer.question.label,
        compare: () => compareSteps(fixture, answer),
      }));
    case 'procedure':
      return fixture.cases.map((one) => ({
        label: one.label,
        compare: () => Promise.resolve(compareProcedure(fixture, one)),
      }));
  }
}
