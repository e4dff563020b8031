/** Works through a list with a bound on how much is done at once. */

/**
 * Do something to each item, at most `limit` at once, in order of the list. Resolves when all is done.
 *
 * **Errors** `act` must not reject. **Bounds** at least one at once.
 */
export async function inParallel<T>(items: Iterable<T>, limit: number, act: (item: T) => Promise<void>): Promise<void> {
  const rest = items[Symbol.iterator]();
  const work = async () => {
    for (let next = rest.next(); next.done !== true; next = rest.next()) await act(next.value);
  };
  await Promise.all(Array.from({ length: Math.max(1, limit) }, work));
}
