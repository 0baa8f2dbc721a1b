import { z } from 'zod';
import type { Environment } from '../../results/environment.ts';

export interface DataField {
  readonly name: string;
  readonly cardinality: number;
}

/** The fields that a data set lists among its free-form facts, in the order of the data. */
const facts = z.object({
  fields: z.array(z.object({ name: z.string(), cardinality: z.number().int().positive() })),
});

/** Empty if the recording does not list them. */
export function dataFieldsOf({ data }: Environment): readonly DataField[] {
  const parsed = facts.safeParse(data?.facts);
  return parsed.success ? parsed.data.fields : [];
}
