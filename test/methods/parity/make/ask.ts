/**
 * Writes the questions of all cases: npx tsx test/methods/parity/make/ask.ts FILE. The scripts beside it answer them with
 * reference code, each for its repository: python SCRIPT FILE CLONE, with PyTorch.
 */
import { writeFileSync } from 'node:fs';
import { ask } from '../question.ts';
import { cases } from '../cases.ts';

writeFileSync(process.argv[2], JSON.stringify(cases.map(ask)));
