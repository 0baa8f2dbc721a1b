import { keyBytes, keysOf } from '../harness/contract/keys.ts';
import type { Method } from '../harness/contract/method.ts';
import { sizeOf } from '../harness/contract/size.ts';
import { planWithin } from '../methods/shared/budget/plan-within.ts';

/**
 * A method whose keys count: it takes the largest plan whose serving bytes, with the keys of the ids that it tells apart, fit
 * the budget. The method itself divides its bytes as if keys were free.
 */
export function countingKeys(method: Method): Method {
  return {
    ...method,
    plan(layer, options) {
      const { fields, budget: allowed } = layer;
      return planWithin({
        allowed,
        most: allowed,
        planAt: (budget) => method.plan({ ...layer, budget }, options),
        bytesOf: (plan) => sizeOf(plan).servingBytes + keyBytes(keysOf(plan, fields)),
        what: 'the smallest layer with its keys',
      });
    },
  };
}
