/** What is made once, when it is first asked for. */

/** Give what `make` makes, which is called by the first who asks. */
export function once<T>(make: () => T): () => T {
  let made: { readonly it: T } | undefined;
  return () => {
    made ??= { it: make() };
    return made.it;
  };
}
