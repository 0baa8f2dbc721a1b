import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type PaperClaim, paperClaim } from '../../analysis/claims/claim.ts';

const papers = z
  .strictObject({
    atLarge: z.strictObject({ dataset: z.string(), model: z.string(), rows: z.int() }),
    claims: z.array(paperClaim),
  })
  .parse(JSON.parse(readFileSync(new URL('papers.json', import.meta.url), 'utf8')));

/** The claims of papers.json: data, so that a claim is added without code. */
export const paperClaims: readonly PaperClaim[] = papers.claims;

/** The log, with its rows, and the model that claims about click logs and models at large are tried with. */
export const { atLarge } = papers;
