import * as Effect from 'effect/Effect';
import { describe, expect, it } from 'vitest';
import { Nursery } from '../../../src/connection/nursery.ts';
import type { Fault } from '../../../src/fault.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';

const BOUND_MS = 5_000;

/** Epochs that say when they begin and end, and whose release ends when the test says so. */
class Cradle {
  readonly clock = new SimulatedClock();
  readonly nursery = new Nursery(this.clock);
  readonly journal: string[] = [];
  readonly #finish = new Map<string, () => void>();

  fork(server: string, name: string, isReleaseHeld = false) {
    const released = new Promise<void>((resolve) => {
      this.#finish.set(name, resolve);
      if (!isReleaseHeld) resolve();
    });
    const begin = Effect.sync(() => void this.journal.push(`${name} begins`));
    const end = () => Effect.promise(() => released.then(() => void this.journal.push(`${name} is gone`)));
    const epoch: Effect.Effect<never, Fault> = Effect.scoped(
      Effect.flatMap(Effect.acquireRelease(begin, end), () => Effect.never),
    );
    return this.nursery.fork(server, epoch, () => BOUND_MS);
  }

  finish(name: string): void {
    this.#finish.get(name)?.();
  }
}

describe('the nursery', () => {
  it('begins a second epoch of a server only when the first is gone', async () => {
    const cradle = new Cradle();
    cradle.fork('files', 'one');
    await cradle.clock.settle();

    cradle.fork('files', 'two');
    await cradle.clock.settle();

    expect(cradle.journal).toEqual(['one begins', 'one is gone', 'two begins']);
    await cradle.nursery.close(1_000);
    expect(cradle.clock.pendingCount).toBe(0);
  });

  it('never has two live epochs of one server, however long the older one takes within its bound', async () => {
    const cradle = new Cradle();
    cradle.fork('files', 'one', true);
    cradle.fork('files', 'two');

    await cradle.clock.advance(BOUND_MS - 1);
    expect(cradle.journal).toEqual(['one begins']);
    cradle.finish('one');
    await cradle.clock.settle();

    expect(cradle.journal).toEqual(['one begins', 'one is gone', 'two begins']);
    await cradle.nursery.close(1_000);
  });

  it('goes on without an older epoch that hangs beyond its bound', async () => {
    const cradle = new Cradle();
    cradle.fork('files', 'one', true);
    cradle.fork('files', 'two');

    await cradle.clock.advance(BOUND_MS);

    expect(cradle.journal).toEqual(['one begins', 'two begins']);
    cradle.finish('one');
    await cradle.nursery.close(1_000);
  });

  it('does not begin an epoch that was interrupted while it waited for an older one', async () => {
    const cradle = new Cradle();
    cradle.fork('files', 'one', true);
    const second = cradle.fork('files', 'two');
    await cradle.clock.settle();

    second.interruptUnsafe();
    cradle.finish('one');
    await cradle.clock.settle();

    expect(cradle.journal).toEqual(['one begins', 'one is gone']);
    expect(cradle.clock.pendingCount).toBe(0);
  });

  it('lets epochs of different servers live side by side', async () => {
    const cradle = new Cradle();
    cradle.fork('files', 'one');
    cradle.fork('wiki', 'other');
    await cradle.clock.settle();

    expect(cradle.journal).toEqual(['one begins', 'other begins']);
    await cradle.nursery.close(1_000);
  });

  it('closes at once when nothing lives, leaving no timer', async () => {
    const cradle = new Cradle();

    await expect(cradle.nursery.close(1_000)).resolves.toBe(true);
    expect(cradle.clock.pendingCount).toBe(0);
  });

  it('waits for what is left when it closes', async () => {
    const cradle = new Cradle();
    cradle.fork('files', 'one', true);
    cradle.fork('wiki', 'other');

    const closing = cradle.nursery.close(1_000);
    await cradle.clock.advance(500);
    cradle.finish('one');

    await expect(closing).resolves.toBe(true);
    expect(cradle.journal.slice(2)).toEqual(['other is gone', 'one is gone']);
  });

  it('ends by force what is not gone in time, and says so', async () => {
    const cradle = new Cradle();
    cradle.fork('files', 'one', true);
    cradle.nursery.onForce(() => cradle.journal.push('forced'));

    const closing = cradle.nursery.close(1_000);
    await cradle.clock.advance(999);
    expect(cradle.journal).not.toContain('forced');
    await cradle.clock.advance(1);

    await expect(closing).resolves.toBe(false);
    expect(cradle.journal).toContain('forced');
    cradle.finish('one');
    await cradle.clock.settle();
  });

  it('forgets a force when it is told to', () => {
    const cradle = new Cradle();
    const forget = cradle.nursery.onForce(() => cradle.journal.push('forced'));

    forget();
    cradle.nursery.force();

    expect(cradle.journal).toEqual([]);
  });
});
