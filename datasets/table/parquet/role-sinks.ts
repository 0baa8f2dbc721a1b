import { parts } from '../../../harness/contract/data.ts';
import { countOf, noCount, noImpressions } from '../count-rule.ts';
import { isNumber, labelOf, type LabelRule } from '../label-rule.ts';
import type { DerivedValue, TimeForm } from '../schema.ts';
import { derivedFrom, timeOf } from '../text/time.ts';
import { cellText } from './cell-text.ts';
import type { Cells } from './cells.ts';
import { BadValue } from './damage.ts';
import type { Form } from './form.ts';
import { numbersOf, quote } from './numbers.ts';
import type { Out, Sink } from './sink.ts';

/** Sinks of columns that are no features: label, counts, time, weight, part. None of them may be null. */

function required<A extends Out>(
  array: (count: number) => A,
  complaint: string,
  valueOf: (cells: Cells, i: number) => number,
): Sink<A> {
  return {
    width: 1,
    array,
    write(cells, out, at) {
      for (let i = 0; i < cells.length; i++) out[at + i] = valueOf(cells, i);
    },
    writeMissing(_, from, to) {
      if (from < to) throw new BadValue(`null ${complaint}`);
    },
  };
}

export function labelSink(form: Form, rule: LabelRule | undefined): Sink<Uint8Array> {
  let [zero, minusOne] = [false, false];
  const complaint = 'is no label: every row needs one';
  return required(
    (count) => new Uint8Array(count),
    complaint,
    (cells, i) => {
      const text = cellText(cells, i, form);
      const label = labelOf(text === 'NaN' ? '' : text, rule);
      if (label === undefined) {
        if (text === '' || text === 'NaN') throw new BadValue(`${quote(text)} ${complaint}`);
        throw new BadValue(
          rule === undefined
            ? `${quote(text)} is no label, 0 or 1; a rule makes one of other values: --label "rating>=4", --label event=click`
            : `${quote(text)} is no number, which the rule ${rule.compare}${rule.value} needs`,
        );
      }
      if (rule === undefined && label === 0) {
        if (Number(text) === -1) minusOne = true;
        else zero = true;
        if (zero && minusOne)
          throw new BadValue(
            `${quote(text)} is beside labels 0 and -1: say which are clicks, as with --label "name>0"`,
          );
      }
      return label;
    },
  );
}

/** Times in seconds since 1970 where the file or the form says so, else the number itself. */
export function timeSink(form: Form, timeForm: TimeForm): Sink<Float64Array> {
  const isTime = ['date', 'moment', 'nanoseconds of a Julian day'].includes(form.kind);
  const complaint =
    timeForm === 'number' ? 'is not a number, as a time is' : `is not a time of the form ${timeForm}`;
  return required(
    (count) => new Float64Array(count),
    complaint,
    (cells, i) => {
      if (isTime) return numbersOf(cells.subarray(i, i + 1), form)[0];
      const text = cellText(cells, i, form);
      const time = timeOf(text, timeForm);
      if (time === undefined) throw new BadValue(`${quote(text)} ${complaint}`);
      return time;
    },
  );
}

/** A value of the time, as a token of one word. */
export function derivedSink(form: Form, timeForm: TimeForm, take: DerivedValue): Sink<Uint32Array> {
  const times = timeSink(form, timeForm);
  const one = new Float64Array(1);
  return required(
    (count) => new Uint32Array(count),
    'is no time',
    (cells, i) => {
      times.write(cells.subarray(i, i + 1), one, 0);
      return derivedFrom(one[0], take);
    },
  );
}

export function weightSink(form: Form): Sink<Float32Array> {
  const complaint = 'is no weight: a number, 0 or more';
  return required(
    (count) => new Float32Array(count),
    complaint,
    (cells, i) => {
      const text = cellText(cells, i, form);
      const weight = isNumber(text) ? Math.fround(Number(text)) : NaN;
      if (!(weight >= 0 && weight < Infinity)) throw new BadValue(`${quote(text)} ${complaint}`);
      return weight;
    },
  );
}

/** Counts of `least` or more. */
export const countSink = (form: Form, least: number): Sink<Uint32Array> =>
  required(
    (count) => new Uint32Array(count),
    noCount,
    (cells, i) => {
      const text = cellText(cells, i, form);
      const count = countOf(text);
      if (count === undefined) throw new BadValue(`${quote(text)} ${noCount}`);
      if (count < least) throw new BadValue(`${quote(text)} ${noImpressions}`);
      return count;
    },
  );

/** Names of parts in use. */
const partNames: Readonly<Record<string, number>> = {
  train: parts.indexOf('train'),
  training: parts.indexOf('train'),
  validation: parts.indexOf('validation'),
  valid: parts.indexOf('validation'),
  val: parts.indexOf('validation'),
  dev: parts.indexOf('validation'),
  test: parts.indexOf('test'),
};

export function partSink(form: Form): Sink<Uint8Array> {
  const complaint = 'is no part: train, validation (valid, val, dev) or test';
  return required(
    (count) => new Uint8Array(count),
    complaint,
    (cells, i) => {
      const text = cellText(cells, i, form);
      const part = partNames[text.toLowerCase()];
      if (part === undefined) throw new BadValue(`${quote(text)} ${complaint}`);
      return part;
    },
  );
}
