/** Lets what concerns the same thing be done one after the other. */

/** One after the other, by key. */
export class Turns {
  /** By key, what runs or waits last. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** Run an action when all before it with the same key have ended, however they did. Settles as the action does. */
  take<T>(key: string, action: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(key) ?? Promise.resolve()).then(action, action);
    this.#last.set(key, turn);
    const leave = () => {
      if (this.#last.get(key) === turn) this.#last.delete(key);
    };
    turn.then(leave, leave);
    return turn;
  }
}
