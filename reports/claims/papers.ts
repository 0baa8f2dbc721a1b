import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type PaperClaim, paperClaim } from '../../analysis/claims/claim.ts';

/** The claims of papers.json: data, so that a claim is added without code. */
export const paperClaims: readonly PaperClaim[] = z
  .strictObject({ claims: z.array(paperClaim) })
  .parse(JSON.parse(readFileSync(new URL('papers.json', import.meta.url), 'utf8'))).claims;
