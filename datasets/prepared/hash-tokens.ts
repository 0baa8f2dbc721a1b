import { UserError } from '../../base/user-error.ts';
import { idOfToken, mostIds } from '../hashed-id.ts';
import type { Ranking } from './rank-tokens.ts';

/**
 * Ids that are hashes of tokens, so that serving needs no vocabulary. A field has `idsPerToken` ids for each of its different training
 * tokens, rounded up. Tokens that meet in an id share it, and a token that training has not seen gets the vector of those that have its id.
 * The first tokens are those of the training part, counted by number; `tokensByNumber`: [tokens, words]. Throws a UserError for too many ids.
 */
export function hashTokens(
  name: string,
  tokensByNumber: Uint32Array,
  words: number,
  trainingCounts: Uint32Array,
  { idsPerToken, field }: { readonly idsPerToken: number; readonly field: number },
): Ranking {
  const distinct = trainingCounts.length;
  const ids = Math.max(1, Math.ceil(idsPerToken * distinct));
  if (ids > mostIds)
    throw new UserError(
      `${name}: ${ids} ids, and a field has at most ${mostIds}; give a smaller --ids-per-token`,
    );
  const rule = { field, ids };
  const tokens = tokensByNumber.length / words;
  const idOfNumber = new Uint32Array(tokens);
  for (let number = 0; number < tokens; number++)
    idOfNumber[number] = idOfToken(tokensByNumber, number * words, words, rule);
  const counts = new Uint32Array(ids);
  const tokensOf = new Uint32Array(ids);
  for (let number = 0; number < distinct; number++) {
    counts[idOfNumber[number]] += trainingCounts[number];
    tokensOf[idOfNumber[number]]++;
  }
  let sharingTokens = 0;
  for (let number = 0; number < distinct; number++) if (tokensOf[idOfNumber[number]] > 1) sharingTokens++;
  return { idOfNumber, counts, sharingTokens };
}
