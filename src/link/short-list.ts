/**
 * Keeps a reply that is not valid from costing more than one that is: both SDK lines look at every item of a list and
 * describe each that is wrong, which takes a hundred times as long as to accept it.
 */

/** A list that is not longer is left to the SDK. */
const SHORT_LIST = 100;

/** A result with nothing in its long list but the first wrong item, where there is one; any other as it is. */
export function shortened<T>(result: T, field: string, isItem: (value: unknown) => boolean): T {
  const list: unknown = typeof result === 'object' && result !== null ? Reflect.get(result, field) : undefined;
  if (!Array.isArray(list) || list.length <= SHORT_LIST) return result;
  const wrong = list.findIndex((each) => !isItem(each));
  return wrong === -1 ? result : { ...result, [field]: [list[wrong]] };
}
