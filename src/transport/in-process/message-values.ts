/** What is in a message that somebody in this process made: a bound on what reading it costs, and on what may be in it. */

/** Plain data within its bound; more than that; or what JSON has not, such as a function, a `bigint` or bytes. */
type MessageValues = 'plain' | 'too-many' | 'foreign';

/**
 * Look at the values of a message: objects, arrays, elements and members, each counted once for every way that leads to it,
 * so that an object which holds itself holds too many. Whatever gets through can be walked, and written as JSON.
 *
 * **Bounds** it looks at no more than `maxValues`, and without recursion. **Errors** throws what a getter or a proxy throws.
 */
export function judgeValues(message: object, maxValues: number): MessageValues {
  let values = 0;
  const open: object[] = [message];
  for (let container = open.pop(); container !== undefined; container = open.pop()) {
    if (Array.isArray(container)) {
      values += container.length || 1;
      if (values > maxValues) return 'too-many';
      for (const item of container as unknown[]) {
        if (isForeign(item)) return 'foreign';
        if (typeof item === 'object' && item !== null) open.push(item);
      }
    } else if (ArrayBuffer.isView(container)) {
      return 'foreign';
    } else {
      let members = 0;
      for (const name in container) {
        members += 1;
        const member = (container as Record<string, unknown>)[name];
        if (isForeign(member)) return 'foreign';
        if (typeof member === 'object' && member !== null) open.push(member);
      }
      values += members || 1;
    }
    if (values > maxValues) return 'too-many';
  }
  return 'plain';
}

function isForeign(value: unknown): boolean {
  return typeof value === 'function' || typeof value === 'bigint' || typeof value === 'symbol';
}
