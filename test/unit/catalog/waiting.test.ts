import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { type Verdict, waitUntil } from '../../../src/catalog/waiting.ts';
import { Listing } from '../../ground/listing.ts';

/** A wait for a server to be ready, and the counts of what it leaves behind. */
function begin() {
  const listing = new Listing();
  const { clock, directory } = listing;
  listing.add('files');
  const controller = new AbortController();
  let looks = 0;
  let outcome: Verdict<string> | Error = { kind: 'wait' };
  const look = () => {
    looks += 1;
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  const wait = (signal = controller.signal, timeoutMs: number | undefined = 1_000) =>
    waitUntil(directory, look, { clock, servers: ['files'], timeoutMs, signal, late: () => new Error('late') });
  const left = () => {
    const before = looks;
    listing.change('files', 'connecting');
    return {
      timers: clock.pendingCount,
      listeners: getEventListeners(controller.signal, 'abort').length,
      looks: looks - before,
    };
  };
  const set = (next: Verdict<string> | Error) => {
    outcome = next;
  };
  return { listing, clock, controller, wait, left, set, looks: () => looks };
}

const NOTHING = { timers: 0, listeners: 0, looks: 0 };

describe('waiting', () => {
  it('is over at once when the first look says so', async () => {
    const { wait, left, set } = begin();
    set({ kind: 'done', value: 'there' });

    await expect(wait()).resolves.toBe('there');
    expect(left()).toEqual(NOTHING);
  });

  it('looks again after each change, until the look says done', async () => {
    const { listing, wait, left, set, looks } = begin();
    const waiting = wait();
    listing.change('files', 'connecting');
    listing.change('files', 'initializing');
    set({ kind: 'done', value: 'there' });
    listing.change('files', 'ready');

    await expect(waiting).resolves.toBe('there');
    expect(looks()).toBe(4);
    expect(left()).toEqual(NOTHING);
  });

  it('rejects with what the look throws', async () => {
    const { listing, wait, left, set } = begin();
    const waiting = wait();
    const gone = new Error('gone');
    set(gone);
    listing.change('files', 'closed');

    await expect(waiting).rejects.toBe(gone);
    expect(left()).toEqual(NOTHING);
  });

  it('rejects when it is late', async () => {
    const { clock, wait, left } = begin();
    const waiting = wait();
    const rejected = expect(waiting).rejects.toThrow('late');
    await clock.advance(1_000);

    await rejected;
    expect(left()).toEqual(NOTHING);
  });

  it.each(['before', 'meanwhile'])('rejects with the reason when it is aborted %s', async (when) => {
    const { controller, wait, left } = begin();
    const reason = new Error('enough');
    if (when === 'before') controller.abort(reason);
    const waiting = wait();
    controller.abort(reason);

    await expect(waiting).rejects.toBe(reason);
    expect(left()).toEqual(NOTHING);
  });

  it('waits without a timer when it has no limit', async () => {
    const { clock, controller, listing, set } = begin();
    const verdict: Verdict<string> = { kind: 'done', value: 'there' };
    let next: Verdict<string> = { kind: 'wait' };
    const waiting = waitUntil(listing.directory, () => next, {
      clock,
      servers: ['files'],
      signal: controller.signal,
    });
    expect(clock.pendingCount).toBe(0);
    next = verdict;
    set(verdict);
    listing.change('files', 'ready');

    await expect(waiting).resolves.toBe('there');
  });

  it.each([Number.POSITIVE_INFINITY, 2 ** 31])('cuts a limit of %d ms to what a timer can hold', async (timeoutMs) => {
    const { clock, controller, wait } = begin();
    const waiting = wait(controller.signal, timeoutMs);
    expect(clock.pendingInMs).toEqual([2_147_483_647]);

    controller.abort();

    await expect(waiting).rejects.toBe(controller.signal.reason);
  });
});
