/** Code that is loaded with its first use, and at hand from then on: asking the loader again costs more than most of what it is asked for. */

/** Load on the first call. Gives what was loaded itself once it is there, a promise of it until then. */
export function loadOnce<T>(load: () => Promise<T>): () => T | Promise<T> {
  let loaded: { readonly it: T } | undefined;
  return () => {
    if (loaded !== undefined) return loaded.it;
    return load().then((it) => {
      loaded = { it };
      return it;
    });
  };
}

/** Go on with a value: at once where it is at hand. */
export function whenThere<T, U>(value: T | Promise<T>, then: (value: T) => U | Promise<U>): U | Promise<U> {
  return value instanceof Promise ? value.then(then) : then(value);
}
