/**
 * Owns the fiber of every epoch, keyed by connection: at most one live epoch per connection, whatever an actor
 * system lost track of. It is the last line of `close()`, and the only place that can end resources by force.
 */

import * as Effect from 'effect/Effect';
import * as Fiber from 'effect/Fiber';
import type { Clock } from '../clock.ts';
import type { Fault } from '../fault.ts';
import { withDeadline } from '../policy/deadline.ts';

type Epoch = Effect.Effect<never, Fault>;

/** Runs epochs and knows which of them are not gone yet. */
export class Nursery {
  readonly #clock: Clock;
  readonly #live = new Map<string, Set<Fiber.Fiber<never, Fault>>>();
  readonly #forces = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Start an epoch. It begins only when every older epoch of the same connection has been interrupted and is gone,
   * or `staleTimeoutMs()` has passed.
   */
  fork(connection: string, epoch: Epoch, staleTimeoutMs: () => number): Fiber.Fiber<never, Fault> {
    const older = [...(this.#live.get(connection) ?? [])];
    const program = older.length === 0 ? epoch : this.#afterOlder(older, epoch, staleTimeoutMs());
    const fiber = Effect.runFork(program);
    const fibers = this.#live.get(connection) ?? new Set();
    this.#live.set(connection, fibers.add(fiber));
    fiber.addObserver(() => {
      fibers.delete(fiber);
      if (fibers.size === 0 && this.#live.get(connection) === fibers) this.#live.delete(connection);
    });
    return fiber;
  }

  /** Remember how a resource is ended by force. Returns how to forget it. */
  onForce(force: () => void): () => void {
    this.#forces.add(force);
    return () => this.#forces.delete(force);
  }

  /** End every resource that is still held, by force and now. */
  force(): void {
    for (const force of [...this.#forces]) force();
  }

  /** Interrupt what is left, wait for it, and end by force what does not go. True when nothing was forced. */
  async close(timeoutMs: number): Promise<boolean> {
    const fibers = [...this.#live.values()].flatMap((set) => [...set]);
    for (const fiber of fibers) fiber.interruptUnsafe();
    const gone = Effect.runPromise(Fiber.awaitAll(fibers));
    const { settled } = await withDeadline(this.#clock, gone, timeoutMs);
    if (!settled) this.force();
    return settled;
  }

  #afterOlder(older: readonly Fiber.Fiber<never, Fault>[], epoch: Epoch, timeoutMs: number): Epoch {
    for (const fiber of older) fiber.interruptUnsafe();
    const wait = Effect.promise(() => withDeadline(this.#clock, Effect.runPromise(Fiber.awaitAll(older)), timeoutMs));
    return Effect.flatMap(wait, () => epoch);
  }
}
