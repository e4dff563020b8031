/** Numbers the epochs of each server: unique and growing, also while two connections of one server live side by side. */

/** The next number of each server. */
export class EpochNumbers {
  readonly #last = new Map<string, number>();

  /** The number of the next epoch of a server, greater than all before and than `after`. */
  next(server: string, after: number): number {
    const number = Math.max(after, this.#last.get(server) ?? 0) + 1;
    this.#last.set(server, number);
    return number;
  }

  /** The server is gone; when it comes again, it begins with 1. */
  forget(server: string): void {
    this.#last.delete(server);
  }
}
