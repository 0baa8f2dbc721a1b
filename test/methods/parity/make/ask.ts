/**
 * Writes the questions of all cases: npx tsx test/methods/parity/make/ask.ts FILE. The scripts beside it answer them with
 * reference code, each for its repository: python SCRIPT FILE CLONE, with PyTorch.
 */
import { writeFileSync } from 'node:fs';
import { ask } from '../question.ts';
import { cases } from '../cases.ts';
import { askSteps, stepCases } from '../step-cases.ts';

const vectors = [];
for (const one of cases) vectors.push(await ask(one));
const steps = [];
for (const one of stepCases) steps.push(await askSteps(one));
writeFileSync(process.argv[2], JSON.stringify({ vectors, steps }));
