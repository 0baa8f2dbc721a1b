import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Departure } from '../../../harness/contract/method.ts';
import { findMethod } from '../../../suites/find-method.ts';
import { methods, wrappers } from '../../../methods/index.ts';
import { readRecording } from '../../../results/store.ts';
import { sharedRows } from '../example/shared-rows.ts';
import { effectText } from './effect-text.ts';
import { measuredForms } from './measured-forms.ts';

/** Each says in plain words what is otherwise than in the paper, and why: cards show it as `what: why`. */

/** The fault of a text that stands among others on a card; undefined if it has none. */
function fault(text: string): string | undefined {
  if (text.trim() !== text || /\s\s|[\n\t]/.test(text)) return 'spaces';
  if (/[.,;:!?]$/.test(text)) return 'a mark at the end';
  if (/[`*_{}[\]|]/.test(text)) return 'signs of a markup';
  if (/^[A-Z][a-z]/.test(text)) return 'a capital at the start';
  if (text.split(' ').length < 3) return 'too few words';
  return undefined;
}

const all = [...methods, ...wrappers, sharedRows];

describe.each(all)('$name', ({ departures }: { departures?: readonly Departure[] }) => {
  test('names its departures, or says that there are none', () => {
    expect(departures).toBeDefined();
    const whats = departures!.map(({ what }) => what);
    expect(new Set(whats).size).toBe(whats.length);
  });

  test('says each in a clause of plain words, with a reason', () => {
    for (const { what, why } of departures!) {
      expect({ what, fault: fault(what) }).toEqual({ what, fault: undefined });
      expect({ why, fault: fault(why) }).toEqual({ why, fault: undefined });
      expect(what.length).toBeLessThanOrEqual(220);
      expect(why.length).toBeLessThanOrEqual(600);
    }
  });
});

test('faults are found', () => {
  const faults = ['the end.', 'The start of it', 'a `code` of it here', 'too few', ' a space at first'];
  expect(faults.filter((text) => fault(text) === undefined)).toEqual([]);
  expect(fault('narrow rows are filled up with zeros')).toBeUndefined();
});

test('a wrapped method has those of both', () => {
  const [inner, outer] = [findMethod('dpq'), wrappers.find(({ name }) => name === 'int4')!];
  expect(findMethod('int4(dpq)').departures).toEqual([...inner.departures, ...outer.departures]);
});

test('effects on the Criteo sample are those of the recording', () => {
  const recordings = [
    '2026-11-30-hash-embeddings-forms-criteo-sample',
    '2026-11-29-departures-criteo-sample',
  ].map((name) => readRecording(join(import.meta.dirname, '../../../recordings', name)).runs);
  const forms = measuredForms();
  expect(forms.length).toBeGreaterThan(35);
  for (const form of forms) {
    const { why } = findMethod(form.method).departures.find(({ what }) => what === form.what)!;
    const runs = recordings.find((runs) => runs.some(({ method }) => method === form.method))!;
    expect(why).toContain(`${effectText(runs, form)} on the Criteo sample`);
  }
});
