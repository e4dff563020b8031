/** Counts what a server sends that is no message, so that a server which does little else is told of now and then. */

/** Those that are each told; after these, one of twice as many. */
const TOLD_ONE_BY_ONE = 10;

/** What was no message so far, of one transport. */
export class MalformedTally {
  #count = 0;

  /** Count one more. Returns its number where it is to be told. */
  next(): number | undefined {
    this.#count += 1;
    return this.#count <= TOLD_ONE_BY_ONE || isPowerOfTwo(this.#count) ? this.#count : undefined;
  }
}

function isPowerOfTwo(count: number): boolean {
  return Number.isInteger(Math.log2(count));
}
