import { none } from '../../../harness/contract/backend.ts';
import type { Table } from '../../../harness/contract/method.ts';
import { codecOf } from '../../../harness/serving/codecs.ts';
import { Admission } from '../../../methods/ada-embed/admission.ts';
import { HotSketch } from '../../../methods/cafe/hot-sketch.ts';
import { sketchMap, SketchState } from '../../../methods/cafe/sketch-state.ts';
import { droppedShare } from '../../../methods/deep-light/index.ts';
import { type RowScore, scoreRows } from '../../../methods/leverage/row-scores.ts';
import { type Comparison, Differences } from './differences.ts';

/** A case of what a method does beside looking up: what goes in, and what came out of the reference. */
export interface ProcedureCase {
  readonly label: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, readonly number[]>>;
}

type Numbers = readonly number[];
type Found = Readonly<Record<string, ArrayLike<number>>>;

interface SketchInput {
  readonly buckets: number;
  readonly rows: number;
  readonly threshold: number;
  readonly decay: number;
  readonly ids: Numbers;
  readonly weights: Numbers;
}

/** Importance of ten thresholds per bucket is added between two decays, as theirs counts it. */
function sketch({ buckets, rows, threshold, decay, ids, weights }: SketchInput): Found {
  const state = new SketchState(sketchMap(buckets).values, 3);
  const hot = new HotSketch(state, { hotRows: rows, threshold });
  // Their bucket is the remainder of the id: an id of ours is one that falls into the bucket of that number.
  const ours = new Map<number, number>();
  const taken = new Set<number>();
  const idOf = (id: number) => {
    for (let own = 0; !ours.has(id); own++) {
      const inBucket = state.bucketOf(own) === state.bucketOf(firstIn[id % buckets]);
      if (inBucket && !taken.has(own)) {
        ours.set(id, own);
        taken.add(own);
      }
    }
    return ours.get(id)!;
  };
  const firstIn: number[] = [];
  for (let own = 0; firstIn.length < buckets; own++)
    if (!firstIn.some((other) => state.bucketOf(other) === state.bucketOf(own))) firstIn.push(own);

  const known = Array.from({ length: Math.max(...ids) + 1 }, (_, id) => id);
  let before = known.map(() => false);
  let added = 0;
  const events: number[] = [];
  ids.forEach((id, time) => {
    if (added > 10 * buckets * threshold) {
      hot.decay(decay);
      added = 0;
    }
    hot.add(idOf(id), weights[time]);
    added += weights[time];
    hot.promote();
    const now = known.map((other) => (state.entryOf(idOf(other))?.row ?? none) !== none);
    known.forEach((other) => {
      if (now[other] !== before[other]) events.push(time, other, Number(now[other]));
    });
    before = now;
  });
  return { events };
}

interface AdmissionInput {
  readonly ids: number;
  readonly rows: number;
  readonly decay: number;
  readonly added: readonly Numbers[];
}

function admission({ ids, rows, decay, added }: AdmissionInput): Found {
  const state = { scores: new Float32Array(ids), rows: new Uint32Array(ids) };
  const admission = new Admission(state, { hotRows: rows, bounds: [0, ids], normalize: false });
  const all = Uint32Array.from({ length: ids }, (_, id) => id);
  const owners = added.flatMap((weights) => {
    admission.add(all, Float32Array.from(weights));
    admission.reallocate();
    admission.decay(decay);
    return [...state.rows].map((row) => Number(row !== none));
  });
  return { owners };
}

/** Rows of one part, stored in a form. */
function stored(values: Numbers, width: number, form: Table['stored']): Found {
  const init = { mean: 0, halfWidth: 0 };
  const codec = codecOf({
    width,
    parts: [{ rows: values.length / width, init }],
    ...(form && { stored: form }),
  });
  const bytes = codec.encode(Float32Array.from(values));
  const decoded = new Float32Array(values.length);
  codec.reader(bytes)(0, values.length, decoded, 0);
  return { bytes, decoded };
}

interface RowsInput {
  readonly bits: 2 | 4 | 8;
  readonly range: 'min-max';
  readonly width: number;
  readonly values: Numbers;
}

const rowWise = ({ bits, range, width, values }: RowsInput): Found =>
  stored(values, width, { kind: 'row-wise', bits, range });

interface ScoreInput {
  readonly sizes: Numbers;
  readonly dim: number;
  readonly score: RowScore;
  readonly counts: Numbers;
  readonly values: Numbers;
}

function scores({ sizes, dim, score, counts, values }: ScoreInput): Found {
  let first = 0;
  const fields = sizes.map((cardinality, f) => {
    first += cardinality;
    return { name: `C${f}`, cardinality, counts: Uint32Array.from(counts.slice(first - cardinality, first)) };
  });
  // A sketch of more rows than the table has is the table.
  const settings = { score, sketch: 4096 };
  return { scores: scoreRows({ fields, dim, budget: 0, seed: 1 }, Float32Array.from(values), settings) };
}

interface ScheduleInput {
  readonly steps: number;
  readonly every: number;
  readonly left: number;
}

function schedule({ steps, every, left }: ScheduleInput): Found {
  const shares: number[] = [];
  for (let step = every; step < steps; step += every) shares.push(droppedShare(step / steps, left));
  return { shares };
}

const procedures: Readonly<Record<string, (input: never) => Found>> = {
  cafe: sketch,
  'ada-embed': admission,
  'deep-light': schedule,
  leverage: scores,
  fp16: ({ values }: { values: Numbers }) => stored(values, 1, { kind: 'fp16' }),
  int8: rowWise,
  int4: rowWise,
  int2: rowWise,
};

export function compareProcedure({ method }: { readonly method: string }, one: ProcedureCase): Comparison {
  const found = procedures[method](one.input as never);
  const differences = new Differences();
  for (const [name, expected] of Object.entries(one.expected))
    differences.differ(found[name], expected, name);
  return { name: `${method}, ${one.label}`, ...differences };
}
