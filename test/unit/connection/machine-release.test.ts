import { afterEach, describe, expect, it } from 'vitest';
import { releaseBudget } from '../../../src/connection/release.ts';
import { ConnectionStage, CURABLE, INCURABLE, type StageOptions } from '../../ground/connection-stage.ts';

let stages: ConnectionStage[] = [];

async function begin(until: 'connecting' | 'initializing' | 'ready', options?: StageOptions): Promise<ConnectionStage> {
  const stage = new ConnectionStage(options);
  stages.push(stage);
  if (until !== 'connecting') stage.epochs.latest().say({ type: 'transport.opened' });
  if (until === 'ready') stage.epochs.latest().say({ type: 'link.initialized' });
  await stage.clock.settle();
  return stage;
}

afterEach(() => {
  for (const stage of stages) stage.stop();
  stages = [];
});

const RELEASED = { type: 'connection.released', connection: 'files', abandoned: false };

describe('close', () => {
  it.each(['connecting', 'initializing', 'ready'] as const)(
    'in %s releases the epoch and is gone once',
    async (state) => {
      const stage = await begin(state);

      await stage.send({ type: 'close' });

      expect(stage.where).toBe('closed.gone');
      expect(stage.lines.at(-1)).toBe(`${state} -> closed epoch 1 attempt 1`);
      expect(stage.messages).toEqual([RELEASED]);
      expect(stage.epochs.liveCount()).toBe(0);
      expect(stage.clock.pendingCount).toBe(0);
    },
  );

  it('gives calls under way the time it was told, before its own deadline begins', async () => {
    const stage = await begin('ready', { isReleaseHeld: true });
    const { epochMs } = releaseBudget(stage.plan);
    await stage.send({ type: 'close', drainMs: 5_000 });
    expect(stage.epochs.latest().drains).toEqual([5_000]);

    await stage.clock.advance(epochMs + 4_999);
    expect(stage.where).toBe('closed.releasing');
    await stage.clock.advance(1);

    expect(stage.messages).toEqual([{ ...RELEASED, abandoned: true }]);
  });

  it('asked again while calls go on, gives them the time it has now', async () => {
    const stage = await begin('ready', { isReleaseHeld: true });
    const { epochMs } = releaseBudget(stage.plan);
    await stage.send({ type: 'close', drainMs: 60_000 });

    await stage.send({ type: 'close' });
    expect(stage.epochs.latest().drains).toEqual([60_000, 0]);
    await stage.clock.advance(epochMs);

    expect(stage.messages).toEqual([{ ...RELEASED, abandoned: true }]);
    expect(stage.lines.filter((line) => line.includes('-> closed'))).toHaveLength(1);
  });

  it('in reconnecting.releasing waits for the release and is gone once', async () => {
    const stage = await begin('ready', { isReleaseHeld: true });
    await stage.fail();

    await stage.send({ type: 'close' });
    expect(stage.where).toBe('closed.releasing');
    stage.epochs.latest().finishRelease();
    await stage.clock.settle();

    expect(stage.where).toBe('closed.gone');
    expect(stage.messages).toEqual([RELEASED]);
    expect(stage.clock.pendingCount).toBe(0);
  });

  it.each([
    ['waiting', CURABLE],
    ['parked', INCURABLE],
  ])('in reconnecting.%s is gone once, without a timer left', async (inner, fault) => {
    const stage = await begin('ready');
    await stage.fail(fault);
    expect(stage.where).toBe(`reconnecting.${inner}`);

    await stage.send({ type: 'close' });

    expect(stage.where).toBe('closed.gone');
    expect(stage.messages).toEqual([RELEASED]);
    expect(stage.clock.pendingCount).toBe(0);
  });

  it('of a connection that a fault closed is gone once, and is no second change of state', async () => {
    const stage = await begin('connecting');
    await stage.fail(INCURABLE);

    await stage.send({ type: 'close' });

    expect(stage.where).toBe('closed.gone');
    expect(stage.path).toBe('connecting closed');
    expect(stage.messageTypes).toEqual(['connection.failed', 'connection.released']);
  });

  it('while a fault closes it, ends as asked for: the fault is no exit any more', async () => {
    const stage = await begin('connecting', { isReleaseHeld: true });
    await stage.fail(INCURABLE);

    await stage.send({ type: 'close' });
    stage.epochs.latest().finishRelease();
    await stage.clock.settle();

    expect(stage.messages).toEqual([RELEASED]);
  });

  it.each([
    ['closing', true],
    ['gone', false],
  ])('once more while %s changes nothing', async (_, isReleaseHeld) => {
    const stage = await begin('ready', { isReleaseHeld });
    await stage.send({ type: 'close' });

    await stage.send({ type: 'close' });
    await stage.send({ type: 'close' });
    stage.epochs.latest().finishRelease();
    await stage.clock.settle();

    expect(stage.path).toBe('connecting initializing ready closed');
    expect(stage.messages).toEqual([RELEASED]);
  });

  it('once more does not restart the deadline of the release', async () => {
    const stage = await begin('ready', { isReleaseHeld: true });
    const { epochMs } = releaseBudget(stage.plan);
    await stage.send({ type: 'close' });

    await stage.clock.advance(epochMs - 1);
    await stage.send({ type: 'close' });
    expect(stage.where).toBe('closed.releasing');
    await stage.clock.advance(1);

    expect(stage.where).toBe('closed.gone');
  });

  it('wins over a retry that came before it', async () => {
    const stage = await begin('ready', { isReleaseHeld: true });
    await stage.fail();
    await stage.send({ type: 'retry' });

    await stage.send({ type: 'close' });
    stage.epochs.latest().finishRelease();
    await stage.clock.settle();

    expect(stage.where).toBe('closed.gone');
  });

  it.each(['retry', 'close'] as const)('is final: %s after it changes nothing', async (type) => {
    const stage = await begin('ready');
    await stage.send({ type: 'close' });

    await stage.send({ type });
    await stage.clock.advance(1_000_000);

    expect(stage.where).toBe('closed.gone');
    expect(stage.messages).toEqual([RELEASED]);
    expect(stage.epochs.names).toEqual(['files 1']);
  });
});

describe('the release of an epoch', () => {
  it('comes to its end before the next epoch begins, however long it takes', async () => {
    const stage = await begin('ready', { isReleaseHeld: true });
    await stage.fail();

    await stage.clock.advance(releaseBudget(stage.plan).epochMs - 1);
    expect(stage.epochs.names).toEqual(['files 1']);
    stage.epochs.latest().finishRelease();
    await stage.clock.advance(250);

    expect(stage.epochs.names).toEqual(['files 1', 'files 2']);
    expect(stage.epochs.liveCount()).toBe(1);
  });

  it('that outlasts its deadline is reported, and the next epoch begins', async () => {
    const stage = await begin('ready', { isReleaseHeld: true });
    const { epochMs } = releaseBudget(stage.plan);
    await stage.fail();

    await stage.clock.advance(epochMs);
    const failure = stage.reports.find(({ type }) => type === 'release.failed');
    expect(failure).toEqual({
      type: 'release.failed',
      server: 'files',
      epoch: 1,
      atMs: epochMs,
      resource: 'epoch',
      reason: 'timed-out',
    });
    expect(stage.epochs.names).toEqual(['files 1', 'files 2']);
  });

  it('that ends after it was abandoned changes nothing', async () => {
    const stage = await begin('ready', { isReleaseHeld: true });
    await stage.fail();
    await stage.clock.advance(releaseBudget(stage.plan).epochMs + 250);
    const seen = [...stage.lines];

    stage.epochs.all[0]?.finishRelease();
    await stage.clock.settle();

    expect(stage.where).toBe('connecting.starting');
    expect(stage.lines).toEqual(seen);
  });

  it('that outlasts its deadline while closing ends in gone, and says that something was abandoned', async () => {
    const stage = await begin('ready', { isReleaseHeld: true });
    await stage.send({ type: 'close' });

    await stage.clock.advance(releaseBudget(stage.plan).epochMs);

    expect(stage.messages).toEqual([{ ...RELEASED, abandoned: true }]);
    expect(stage.reports.at(-1)).toMatchObject({ type: 'release.failed', resource: 'epoch' });
  });

  it('has a backstop that is longer than the two steps that wait for a server', () => {
    const { stepMs, epochMs } = releaseBudget({ releaseTimeoutMs: 8_000 });

    expect(stepMs).toBe(8_000);
    expect(epochMs).toBeGreaterThan(2 * stepMs);
  });

  it('of one step is passed on as it was told, whatever the state', async () => {
    const stage = await begin('ready');

    stage.epochs.latest().say({ type: 'release.failed', resource: 'link', reason: 'threw' });

    expect(stage.reports.at(-1)).toMatchObject({ type: 'release.failed', epoch: 1, resource: 'link', reason: 'threw' });
    expect(stage.where).toBe('ready.healthy');
  });
});

describe('a fault that closes a connection', () => {
  it('is told when everything is released, not before', async () => {
    const stage = await begin('connecting', { isReleaseHeld: true });
    await stage.fail(INCURABLE);
    expect(stage.path).toBe('connecting closed');
    expect(stage.messages).toEqual([]);

    stage.epochs.latest().finishRelease();
    await stage.clock.settle();

    expect(stage.messages).toEqual([{ type: 'connection.failed', connection: 'files', fault: INCURABLE }]);
  });

  it('is no exit when a retry came while it was releasing', async () => {
    const stage = await begin('connecting', { isReleaseHeld: true });
    await stage.fail(INCURABLE);

    await stage.send({ type: 'retry' });
    stage.epochs.latest().finishRelease();
    await stage.clock.settle();

    expect(stage.where).toBe('connecting.starting');
    expect(stage.messages).toEqual([]);
  });
});
