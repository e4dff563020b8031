/**
 * Keeps a reply that is not valid from costing more than one that is: the SDK's schemas look at every item of a list and
 * describe each that is wrong, which takes a hundred times as long as to accept it.
 */

import { z } from 'zod';

/** A list that is not longer is left to the schema. */
const SHORT_LIST = 100;

/** A schema of results that stops at the first item of a long list that is not valid. */
export function refusedEarly<S extends z.ZodType>(schema: S, field: string, item: z.ZodType) {
  return z.preprocess((value) => shortened(value, field, item), schema);
}

/** The result with nothing in its list but the first wrong item, where there is one. */
function shortened(value: unknown, field: string, item: z.ZodType): unknown {
  const list: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined;
  if (!Array.isArray(list) || list.length <= SHORT_LIST) return value;
  const wrong = list.findIndex((each) => !item.safeParse(each).success);
  return wrong === -1 ? value : { ...(value as object), [field]: [list[wrong]] };
}
