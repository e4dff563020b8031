/** Stands between the machines and an inspection observer: what the observer does cannot reach the machines. */

/**
 * Any XState inspection observer, such as the `inspect` of `@statelyai/inspect`: a function, or an object with
 * `next`. It is given every inspection event of the supervisor and its connections; none of them holds a secret.
 */
export type InspectionObserver =
  | ((event: never) => unknown)
  | { readonly next?: ((event: never) => unknown) | undefined };

/** Wrap an observer so that it cannot throw into a machine. */
export function guardInspection(observer: InspectionObserver): (event: unknown) => void {
  const next = typeof observer === 'function' ? observer : observer.next?.bind(observer);
  const call = next as ((event: unknown) => unknown) | undefined;
  return (event) => {
    try {
      const result = call?.(event);
      if (result instanceof Promise) result.catch(() => {});
    } catch {
      // An inspector that fails must not fail what it inspects.
    }
  };
}
