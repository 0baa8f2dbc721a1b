import { keyBytes, keysOf } from '../harness/contract/keys.ts';
import type { Method } from '../harness/contract/method.ts';
import { sizeOf } from '../harness/contract/size.ts';
import { planWithin } from '../methods/shared/budget/plan-within.ts';

/**
 * The method where keys count: its plan with the most serving bytes that come to no more than the budget with the keys of the ids
 * that it tells apart. How a method shares its bytes out stays as it is where keys are free.
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
