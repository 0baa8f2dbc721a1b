/**
 * Writes the questions of all cases: npx tsx test/methods/parity/make/ask.ts FILE. The scripts beside it answer them with
 * reference code, each for its repository: python SCRIPT FILE CLONE, with PyTorch.
 */
import { writeFileSync } from 'node:fs';
import { ask } from '../question.ts';
import { cases } from '../cases.ts';
import { askSteps, stepCases } from '../step-cases.ts';

writeFileSync(process.argv[2], JSON.stringify({ vectors: cases.map(ask), steps: stepCases.map(askSteps) }));
