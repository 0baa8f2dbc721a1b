import { openWith } from '../index.ts';
import { trainALittle } from './training-step.ts';
import type { Verified } from './verified.ts';

/** `node --import tsx verify.ts ADD-ON`: prints a Verified. */

const { library, gpu, ...backend } = await openWith(process.argv[2]);
const losses = await trainALittle(backend);
if (!(losses.at(-1)! < losses[0])) throw new Error(`the loss went from ${losses[0]} to ${losses.at(-1)}`);
const verified: Verified = { library, gpu, losses };
console.log(JSON.stringify(verified));
