/** A named comparison: what is asked, and what that decides. Flags of the command line override it. */
export interface Suite {
  readonly name: string;
  readonly question: string;
  readonly methods: readonly string[];
  readonly compressions: readonly number[];
  readonly seeds: number;
  /** Rows of planted data, where planted is used. */
  readonly rows?: number;
}

const four = ['uniform', 'mixed-dimension', 'hashing-trick', 'quotient-remainder'];

/** What `--method` alone runs: small enough for a first look at a new method on a laptop. */
export const defaultSuite: Suite = {
  name: 'bench',
  question: 'What do the methods asked for cost at 4x and 16x?',
  methods: four,
  compressions: [4, 16],
  seeds: 3,
  rows: 40_000,
};

export const suites: readonly Suite[] = [
  {
    name: 'quick',
    question: 'Does every part work on this machine? Too few rows to compare anything.',
    methods: four,
    compressions: [8],
    seeds: 1,
    rows: 8_000,
  },
  {
    name: 'classic',
    question: 'What do the four classic methods cost from 2x to 64x?',
    methods: four,
    compressions: [2, 4, 8, 16, 32, 64],
    seeds: 3,
    rows: 152_433,
  },
  {
    name: 'paper-md',
    question: 'Do mixed dimensions keep AUC at 16x where uniform ones lose it (Ginart et al. 2021)?',
    methods: ['uniform', 'mixed-dimension'],
    compressions: [2, 4, 8, 16],
    seeds: 5,
    rows: 152_433,
  },
];
