import { describe, expect, it } from 'vitest';
import { Listing } from '../../ground/listing.ts';

const EXITED = { kind: 'process-exited', exitCode: 3, signal: null, stderr: ['no licence'] } as const;

describe('the explanation of a server', () => {
  it('that nothing befell says so', () => {
    const listing = new Listing();
    listing.add('files');
    listing.publish('files');

    const explanation = listing.directory.explain('files');

    expect(explanation).toMatchObject({ state: 'ready', faults: [], lastExit: undefined, stderr: [] });
    expect(explanation.text).toContain('nothing went wrong so far');
  });

  it('that comes back tells the chain of faults, the next attempt and what is left to spend', async () => {
    const listing = new Listing();
    listing.add('files', { parkAfterAttempts: 5, maxQueued: 7 });
    listing.change('files', 'reconnecting', { cause: EXITED, attempt: 1, retryInMs: 500 });
    await listing.clock.advance(500);
    listing.change('files', 'connecting', { cause: EXITED, epoch: 2, attempt: 2 });
    listing.change('files', 'reconnecting', {
      cause: { kind: 'http-status', status: 503 },
      epoch: 2,
      attempt: 2,
      retryInMs: 1_000,
    });

    const explanation = listing.directory.explain('files');

    expect(explanation.faults).toEqual([
      { atMs: 0, epoch: 1, fault: EXITED },
      { atMs: 500, epoch: 2, fault: { kind: 'http-status', status: 503 } },
    ]);
    expect(explanation).toMatchObject({
      state: 'reconnecting',
      nextAttemptAtMs: 1_500,
      budgets: { attemptsLeft: 3, lossesLeft: 5, restartsLeft: 3, queueLeft: 7 },
      lastExit: { exitCode: 3, signal: null },
      lastStatus: 503,
      stderr: ['no licence'],
    });
    expect(explanation.text.split('\n')).toEqual([
      'files is reconnecting (epoch 2, attempt 2)',
      'next attempt in 1.0 s',
      'what went wrong, oldest first:',
      '  0.5 s ago, epoch 1: the process exited with code 3: no licence',
      '  0.0 s ago, epoch 2: the server answered with HTTP 503',
      'calls: 0 under way, 0 waiting, room for 7 more',
      'budgets: 3 attempts or 5 lives before it is parked, 3 restarts after crashes',
      'last exit: exited with code 3',
      'last status that was a fault: HTTP 503',
      'stderr, last lines:',
      '  no licence',
    ]);
  });

  it('that is held says what it waits for, and names its fault once', () => {
    const listing = new Listing();
    listing.add('files');
    listing.change('files', 'reconnecting', { cause: EXITED, retryInMs: 500 });
    listing.change('files', 'reconnecting', { cause: EXITED, retryInMs: 300_000, held: true });

    const explanation = listing.directory.explain('files');

    expect(explanation).toMatchObject({ state: 'reconnecting', held: true, parked: false });
    expect(explanation.faults).toHaveLength(1);
    expect(explanation.text.split('\n').slice(0, 2)).toEqual([
      'files is reconnecting, held (epoch 1, attempt 1)',
      'it waits for the network, and is probed in 300.0 s; retryServer starts an attempt now',
    ]);
  });

  it('counts restarts by time that passed, not by the clock on the wall', async () => {
    const listing = new Listing();
    listing.add('files', { maxRestarts: 3, withinMs: 60_000 });
    const about = {
      server: 'files',
      epoch: 1,
      atMs: 0,
      cause: { kind: 'crashed', message: 'x' },
      restarts: 1,
    } as const;
    listing.directory.follow({ type: 'server.restarted', ...about });
    listing.clock.set(3_600_000);
    expect(listing.directory.explain('files').budgets.restartsLeft).toBe(2);

    await listing.clock.advance(60_000);

    expect(listing.directory.explain('files').budgets.restartsLeft).toBe(3);
  });

  it('that serves says how it is spoken to, how old its oldest call is and when it was last heard', async () => {
    const listing = new Listing();
    const entry = listing.add('files');
    listing.publish('files');
    entry.unanswered.add({ startedAtMs: listing.clock.monotonic() });
    await listing.clock.advance(2_500);

    const explanation = listing.directory.explain('files');

    expect(explanation).toMatchObject({
      attempt: 1,
      era: 'initialize',
      protocolVersion: '2025-11-25',
      calls: { oldestMs: 2_500 },
      silentMs: 2_500,
    });
    expect(explanation.text).toContain('revision 2025-11-25 by initialize');
    expect(explanation.text).toContain('the oldest was made 2.5 s ago');
    expect(explanation.text).toContain('last heard 2.5 s ago');
  });

  it('that hangs in its handshake quotes the stderr of the process that runs', () => {
    const listing = new Listing();
    listing.add('files');
    listing.change('files', 'initializing');
    listing.directory.began('files', 1, {
      details: { transport: 'stdio' },
      recentStderr: () => ['waiting for a licence'],
    });

    expect(listing.directory.explain('files').stderr).toEqual(['waiting for a licence']);
  });

  it('remembers no more than the last ten faults', () => {
    const listing = new Listing();
    listing.add('files');
    for (let epoch = 1; epoch <= 12; epoch += 1) {
      listing.change('files', 'reconnecting', { cause: EXITED, epoch, retryInMs: 0 });
    }

    expect(listing.directory.explain('files').faults.map(({ epoch }) => epoch)).toEqual([
      3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
    ]);
  });

  it('counts restarts only within their window', async () => {
    const listing = new Listing();
    listing.add('files', { maxRestarts: 3, withinMs: 1_000 });
    const crash = { kind: 'crashed', message: 'Error' } as const;
    listing.directory.follow({
      type: 'server.restarted',
      server: 'files',
      epoch: 1,
      atMs: 0,
      cause: crash,
      restarts: 1,
    });

    const during = listing.directory.explain('files').budgets.restartsLeft;
    await listing.clock.advance(1_000);

    expect([during, listing.directory.explain('files').budgets.restartsLeft]).toEqual([2, 3]);
  });

  it('of an unknown server lists the known ones', () => {
    const listing = new Listing();
    listing.add('files');

    expect(() => listing.directory.explain('nope')).toThrow(/'files'/);
  });
});
