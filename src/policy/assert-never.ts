/** The end of an exhaustive `switch`: the compiler proves that it is never reached. */

/**
 * Mark a case as impossible, so that a new member of a union is a compile error until every decision about
 * it is written down.
 *
 * **Errors** throws a `TypeError` when untyped code gets here all the same; the value is not quoted.
 */
export function assertNever(_value: never): never {
  throw new TypeError('a case that the types rule out was reached');
}
