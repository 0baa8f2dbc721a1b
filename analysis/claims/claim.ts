import { z } from 'zod';

/** Scores that records have; `other` is one that no record has, such as nDCG of a list. */
const metric = z.enum(['auc', 'accuracy', 'logloss', 'other']);

const filled = z.string().min(1);

/** The statement of a paper that a method is as good as another one, or better by some amount, as data that records can test. */
export const paperClaim = z.strictObject({
  /** Unique; an address within a page. */
  id: z.string().regex(/^[a-z0-9-]+$/),
  paper: z.strictObject({
    /** A short name of the paper, the same in all of its claims: `--suite paper-KEY` repeats it. */
    key: z.string().regex(/^[a-z0-9-]+$/),
    authors: filled,
    year: z.int().min(1990),
    venue: filled,
    title: filled,
    /** The section, table or figure that says it. */
    place: filled,
    url: z.url(),
  }),
  /** The claim in one sentence of our own. */
  says: filled,
  method: filled,
  /** Compared with this method: with `full` uncompressed, with others at the same budget. */
  against: filled,
  /** Compression ratios that the claim is about, both ends included. */
  ratios: z.strictObject({ from: z.number().min(1), to: z.number().min(1) }),
  /** `each`, the default: at every ratio of the range. `mean`: on average over them, so all must refute it together. */
  over: z.enum(['each', 'mean']).optional(),
  metric,
  /** `gain`: better by `size` (0: by whatever amount). `no-loss`: worse by at most `size`. In units of the metric; 0.001 is 0.1 %. */
  direction: z.enum(['gain', 'no-loss']),
  size: z.number().min(0),
  /** The data in words, and the data sets of this project that hold it; `any` where the claim is about click logs at large. */
  data: z.strictObject({
    name: filled,
    datasets: z.union([z.literal('any'), z.array(z.string())]),
    /** Labelled rows of the log; absent where we do not know them. */
    rows: z.int().optional(),
    protocol: filled.optional(),
  }),
  /** The model in words, and the models of this project that count as it; `any` where the claim is about several. */
  model: z.strictObject({ name: filled, models: z.union([z.literal('any'), z.array(z.string())]) }),
  /** Passes over the data in the paper, of which the best counts; absent where we do not know them. */
  epochs: z.int().min(1).optional(),
  /** The reason why no record of this project can test it: what differs between the paper's method and this project's. */
  untestable: filled.optional(),
  /** Reading of the claim that is ours, or a difference between the paper's method and this project's. */
  note: filled.optional(),
});

export type PaperClaim = z.infer<typeof paperClaim>;

/** The answer of records to a claim. */
export type ClaimState = 'held' | 'refuted' | 'undecided' | 'not tested';

/** The answer where runs of the claim's methods, data and ratios exist. */
export type TestedState = Exclude<ClaimState, 'not tested'>;
