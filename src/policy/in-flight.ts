/**
 * What is under way: one thing at a time mostly, thousands at times. A `Map` or `Set` that is emptied after each request
 * makes itself a new table each time, where only a full collection looks: as much as all the rest of the bookkeeping of a
 * call. A few entries in an array cost nothing of the kind.
 */

/** Beyond this many, looking for one in turn costs more than a table. */
const FEW = 32;

/** What is under way, oldest first. */
export class InFlight<K, T> {
  readonly #keyOf: (entry: T) => K;
  readonly #few: T[] = [];
  /** In the place of `#few`, from when there were too many until there are none. */
  #many: Map<K, T> | undefined;

  constructor(keyOf: (entry: T) => K) {
    this.#keyOf = keyOf;
  }

  /** The one that is under way for the longest time. */
  get oldest(): T | undefined {
    return this.#many === undefined ? this.#few[0] : this.#many.values().next().value;
  }

  /** Add one, whose key no other has. */
  add(entry: T): void {
    if (this.#many === undefined && this.#few.length < FEW) {
      this.#few.push(entry);
      return;
    }
    this.#many ??= new Map(this.#few.splice(0).map((each) => [this.#keyOf(each), each]));
    this.#many.set(this.#keyOf(entry), entry);
  }

  get(key: K): T | undefined {
    return this.#many === undefined ? this.#few[this.#placeOf(key)] : this.#many.get(key);
  }

  /** Take one out, if it is there. */
  take(key: K): T | undefined {
    if (this.#many !== undefined) return this.#takeOfMany(this.#many, key);
    const place = this.#placeOf(key);
    if (place === -1) return undefined;
    // By far the most common case, and the cheaper one.
    return place === this.#few.length - 1 ? this.#few.pop() : this.#few.splice(place, 1)[0];
  }

  /** All there are now: those that come and go meanwhile change nothing. */
  all(): T[] {
    return this.#many === undefined ? [...this.#few] : [...this.#many.values()];
  }

  #placeOf(key: K): number {
    for (let place = 0; place < this.#few.length; place += 1) {
      if (this.#keyOf(this.#few[place] as T) === key) return place;
    }
    return -1;
  }

  #takeOfMany(many: Map<K, T>, key: K): T | undefined {
    const entry = many.get(key);
    many.delete(key);
    if (many.size === 0) this.#many = undefined;
    return entry;
  }
}
