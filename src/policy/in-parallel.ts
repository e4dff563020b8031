/** Works through a list with a bound on how much is done at once. */

/**
 * Do something to each item, at most `limit` at once, in order of the list. Resolves when all is done.
 *
 * **Errors** `act` must not reject. **Bounds** at least one at once.
 */
export async function inParallel<T>(items: Iterable<T>, limit: number, act: (item: T) => Promise<void>): Promise<void> {
  const rest = items[Symbol.iterator]();
  let next = rest.next();
  const work = async () => {
    while (next.done !== true) {
      const { value } = next;
      next = rest.next();
      await act(value);
    }
  };
  if (next.done !== true) await Promise.all(Array.from({ length: Math.max(1, limit) }, work));
}
