import { afterEach, describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import { connectionMachine } from '../../../src/connection/machine.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';
import { ConnectionStage, CURABLE, INCURABLE, type StageOptions } from '../../ground/connection-stage.ts';
import { scriptedGround } from '../../ground/grounds.ts';
import { planOf } from '../../ground/plans.ts';
import { ScriptedEpochs } from '../../ground/scripted-epoch.ts';

let stages: ConnectionStage[] = [];

function begin(options?: StageOptions): ConnectionStage {
  const stage = new ConnectionStage(options);
  stages.push(stage);
  return stage;
}

async function beginReady(options?: StageOptions): Promise<ConnectionStage> {
  const stage = begin(options);
  await stage.serve();
  return stage;
}

afterEach(() => {
  for (const stage of stages) stage.stop();
  stages = [];
});

describe('a connection on its way to ready', () => {
  it('goes connecting, initializing, ready as the epoch gets on', async () => {
    const stage = begin();
    await stage.clock.advance(10);
    stage.epochs.latest().say({ type: 'transport.opened' });
    await stage.clock.advance(20);
    stage.epochs.latest().say({ type: 'link.initialized' });

    const about = { type: 'state.changed', server: 'files', epoch: 1, attempt: 1, losses: 0 };
    expect(stage.changes).toEqual([
      { ...about, from: 'closed', to: 'connecting', atMs: 0 },
      { ...about, from: 'connecting', to: 'initializing', atMs: 10 },
      { ...about, from: 'initializing', to: 'ready', atMs: 30 },
    ]);
  });

  it('goes on with the state and the epoch of the connection that it follows', () => {
    const stage = begin({ input: { from: 'ready', epoch: 7 } });

    expect(stage.lines).toEqual(['ready -> connecting epoch 8 attempt 1']);
  });

  it('tells observers the same where it runs without a supervisor', async () => {
    const clock = new SimulatedClock();
    const epochs = new ScriptedEpochs();
    const machine = connectionMachine().provide({ actors: { epoch: epochs.logic } });
    const actor = createActor(machine, {
      clock: scriptedGround(clock),
      input: { plan: planOf('files'), revision: 1, from: 'closed', epoch: 0, frozen: false },
    });
    const heard: string[] = [];
    actor.on('state.changed', ({ to }) => heard.push(to));
    actor.start();
    epochs.latest().serve();
    actor.send({ type: 'close' });
    await clock.settle();
    actor.stop();

    expect(heard).toEqual(['connecting', 'initializing', 'ready', 'closed']);
  });

  it('gives connecting and initializing one deadline together', async () => {
    const stage = begin({ plan: { connectTimeoutMs: 1_000 } });
    await stage.clock.advance(900);
    stage.epochs.latest().say({ type: 'transport.opened' });

    await stage.clock.advance(99);
    expect(stage.path).toBe('connecting initializing');
    await stage.clock.advance(1);

    expect(stage.changes.at(-1)).toMatchObject({
      to: 'reconnecting',
      cause: { kind: 'timed-out', phase: 'initializing', afterMs: 1_000 },
    });
  });

  it('does not count the sleep of the host against that deadline', async () => {
    const stage = begin({ plan: { connectTimeoutMs: 1_000 } });
    stage.clock.set(8 * 3_600_000);

    stage.epochs.latest().say({ type: 'transport.opened' });
    await stage.clock.advance(999);

    expect(stage.path).toBe('connecting initializing');
  });

  it('gives up connecting at the deadline, saying in which phase', async () => {
    const stage = begin({ plan: { connectTimeoutMs: 1_000 } });

    await stage.clock.advance(1_000);

    expect(stage.changes.at(-1)).toMatchObject({
      from: 'connecting',
      to: 'reconnecting',
      cause: { kind: 'timed-out', phase: 'connecting', afterMs: 1_000 },
    });
  });

  it('does not count what a start waited for others against that deadline', async () => {
    const stage = begin({ plan: { connectTimeoutMs: 1_000 } });
    await stage.clock.advance(900);
    stage.epochs.latest().say({ type: 'start.queued' });
    expect(stage.where).toBe('connecting.queued');
    await stage.clock.advance(60_000);
    stage.epochs.latest().say({ type: 'start.admitted' });
    expect(stage.where).toBe('connecting.starting');
    await stage.clock.advance(500);
    stage.epochs.latest().say({ type: 'transport.opened' });
    await stage.clock.advance(499);
    expect(stage.path).toBe('connecting initializing');
    await stage.clock.advance(1);

    expect(stage.changes.at(-1)).toMatchObject({ cause: { kind: 'timed-out', phase: 'initializing' }, epoch: 1 });
  });

  it('gives up a start that has had its turn, and did not use it in time', async () => {
    const stage = begin({ plan: { connectTimeoutMs: 1_000 } });
    stage.epochs.latest().say({ type: 'start.queued' });
    await stage.clock.advance(5_000);
    stage.epochs.latest().say({ type: 'start.admitted' });
    await stage.clock.advance(1_000);

    expect(stage.changes.at(-1)).toMatchObject({ cause: { kind: 'timed-out', phase: 'connecting' }, epoch: 1 });
  });

  it.each(['close', 'fault'] as const)('may end by a %s while it waits for its turn', async (end) => {
    const stage = begin();
    stage.epochs.latest().say({ type: 'start.queued' });
    if (end === 'close') await stage.send({ type: 'close' });
    else await stage.fail();

    expect(stage.where).toBe(end === 'close' ? 'closed.gone' : 'reconnecting.waiting');
  });

  it('gives each epoch a whole deadline of its own', async () => {
    const stage = begin({ plan: { connectTimeoutMs: 1_000 }, random: [0] });
    await stage.clock.advance(1_000);
    expect(stage.path).toBe('connecting reconnecting connecting');

    await stage.clock.advance(999);
    expect(stage.path).toBe('connecting reconnecting connecting');
    await stage.clock.advance(1);

    expect(stage.path).toBe('connecting reconnecting connecting reconnecting connecting');
  });
});

describe('a connection that fails', () => {
  it('releases, waits for the backoff, and opens the next epoch', async () => {
    const stage = await beginReady();

    await stage.fail();
    expect(stage.where).toBe('reconnecting.waiting');
    await stage.clock.advance(249);
    expect(stage.where).toBe('reconnecting.waiting');
    await stage.clock.advance(1);
    await stage.serve();

    expect(stage.lines).toEqual([
      'closed -> connecting epoch 1 attempt 1',
      'connecting -> initializing epoch 1 attempt 1',
      'initializing -> ready epoch 1 attempt 1',
      'ready -> reconnecting epoch 1 attempt 1 by stream-ended retry in 250',
      'reconnecting -> connecting epoch 2 attempt 2 by stream-ended',
      'connecting -> initializing epoch 2 attempt 2',
      'initializing -> ready epoch 2 attempt 2',
    ]);
  });

  it.each(['connecting', 'initializing', 'ready'] as const)('reconnects from %s', async (state) => {
    const stage = begin();
    if (state !== 'connecting') stage.epochs.latest().say({ type: 'transport.opened' });
    if (state === 'ready') stage.epochs.latest().say({ type: 'link.initialized' });

    await stage.fail();

    expect(stage.changes.at(-1)).toMatchObject({ from: state, to: 'reconnecting', cause: CURABLE });
  });

  it('keeps the first fault of an epoch as its cause', async () => {
    const stage = await beginReady();
    const epoch = stage.epochs.latest();
    epoch.say({ type: 'epoch.faulted', fault: { kind: 'session-lost', status: 404 }, served: false });
    epoch.fail(CURABLE);
    await stage.clock.advance(250);

    expect(stage.lines.at(-1)).toBe('reconnecting -> connecting epoch 2 attempt 2 by session-lost');
  });

  it('tries again at once when the session that was lost had served; the next one that is lost is left alone', async () => {
    const stage = await beginReady();
    const lose = async () => {
      stage.epochs.latest().served = true;
      await stage.fail({ kind: 'session-lost', status: 404 });
      return stage.changes.at(-1)?.retryInMs;
    };

    expect(await lose()).toBe(0);
    await stage.clock.advance(0);
    stage.epochs.latest().say({ type: 'transport.opened' });
    stage.epochs.latest().say({ type: 'link.initialized' });

    expect(await lose()).toBe(500);
  });

  it('waits before it tries again when the session that was lost had served nobody', async () => {
    const stage = await beginReady();

    await stage.fail({ kind: 'session-lost', status: 404 });

    expect(stage.changes.at(-1)?.retryInMs).toBe(250);
  });

  it('closes when a fault is incurable and it was never ready', async () => {
    const stage = begin();

    await stage.fail(INCURABLE);

    expect(stage.lines.at(-1)).toBe('connecting -> closed epoch 1 attempt 1 by command-not-found');
    expect(stage.messages).toEqual([{ type: 'connection.failed', connection: 'files', fault: INCURABLE }]);
    expect(stage.epochs.liveCount()).toBe(0);
    expect(stage.clock.pendingCount).toBe(0);
  });

  it('parks when a fault is incurable and it was ready once', async () => {
    const stage = await beginReady();

    await stage.fail(INCURABLE);

    expect(stage.lines.at(-1)).toBe(
      'ready -> reconnecting epoch 1 attempt 1 by command-not-found retry in 300000 parked',
    );
    expect(stage.where).toBe('reconnecting.parked');
    expect(stage.messages).toEqual([]);
  });

  it('parks too when the incurable fault comes in a later epoch', async () => {
    const stage = await beginReady();
    await stage.fail();
    await stage.clock.advance(250);

    await stage.fail(INCURABLE);

    expect(stage.where).toBe('reconnecting.parked');
  });
});

describe('a parked connection', () => {
  it('tries again on retry', async () => {
    const stage = await beginReady();
    await stage.fail(INCURABLE);

    await stage.send({ type: 'retry' });

    expect(stage.lines.at(-1)).toBe('reconnecting -> connecting epoch 2 attempt 2 by command-not-found');
  });

  it('tries again by its slow probe, and not before', async () => {
    const stage = await beginReady({ plan: { parkedProbeMs: 5_000 } });
    await stage.fail(INCURABLE);

    await stage.clock.advance(4_999);
    expect(stage.where).toBe('reconnecting.parked');
    await stage.clock.advance(1);

    expect(stage.where).toBe('connecting.starting');
  });

  it('is parked again when the probe meets the same fault', async () => {
    const stage = await beginReady({ plan: { parkedProbeMs: 5_000 } });
    await stage.fail(INCURABLE);
    await stage.clock.advance(5_000);

    await stage.fail(INCURABLE);

    expect(stage.changes.at(-1)).toMatchObject({ to: 'reconnecting', epoch: 2, parked: true });
  });

  it('waits for the backoff, not for the probe, when the probe meets a curable fault', async () => {
    const stage = await beginReady();
    await stage.fail(INCURABLE);
    await stage.send({ type: 'retry' });

    await stage.fail(CURABLE);

    expect(stage.where).toBe('reconnecting.waiting');
    expect(stage.changes.at(-1)).not.toHaveProperty('parked');
  });
});

describe('retry', () => {
  it('ends the backoff at once', async () => {
    const stage = await beginReady();
    await stage.fail();

    await stage.send({ type: 'retry' });

    expect(stage.where).toBe('connecting.starting');
    expect(stage.epochs.names).toEqual(['files 1', 'files 2']);
  });

  it('while releasing, skips the wait but not the release', async () => {
    const stage = await beginReady({ isReleaseHeld: true });
    await stage.fail();

    await stage.send({ type: 'retry' });
    expect(stage.where).toBe('reconnecting.releasing');
    stage.epochs.latest().finishRelease();
    await stage.clock.settle();

    expect(stage.where).toBe('connecting.starting');
    expect(stage.clock.now()).toBe(0);
  });

  it('while releasing after an incurable fault, tries once more instead of parking', async () => {
    const stage = await beginReady({ isReleaseHeld: true });
    await stage.fail(INCURABLE);

    await stage.send({ type: 'retry' });
    stage.epochs.latest().finishRelease();
    await stage.clock.settle();

    expect(stage.where).toBe('connecting.starting');
  });

  it('hurries one attempt only', async () => {
    const stage = await beginReady({ isReleaseHeld: true });
    await stage.fail();
    await stage.send({ type: 'retry' });
    stage.epochs.latest().finishRelease();
    await stage.clock.settle();

    await stage.fail();
    stage.epochs.latest().finishRelease();
    await stage.clock.settle();

    expect(stage.where).toBe('reconnecting.waiting');
  });

  it('changes nothing while an attempt is under way or service is given', async () => {
    const stage = begin();
    await stage.send({ type: 'retry' });
    stage.epochs.latest().say({ type: 'transport.opened' });
    await stage.send({ type: 'retry' });
    stage.epochs.latest().say({ type: 'link.initialized' });
    await stage.send({ type: 'retry' });

    expect(stage.path).toBe('connecting initializing ready');
    expect(stage.epochs.names).toEqual(['files 1']);
  });

  it('revives a connection that was closed by a fault', async () => {
    const stage = begin();
    await stage.fail(INCURABLE);

    await stage.send({ type: 'retry' });
    await stage.serve();

    expect(stage.path).toBe('connecting closed connecting initializing ready');
  });
});

describe('signs of life', () => {
  it('make a ready connection suspect and healthy again without leaving ready', async () => {
    const stage = await beginReady();

    stage.epochs.latest().say({ type: 'heartbeat.missed', missed: 1 });
    expect(stage.where).toBe('ready.suspect');
    stage.epochs.latest().say({ type: 'heartbeat.answered' });

    expect(stage.where).toBe('ready.healthy');
    expect(stage.path).toBe('connecting initializing ready');
    expect(stage.reports.at(-1)).toEqual({ type: 'heartbeat.missed', server: 'files', epoch: 1, atMs: 0, missed: 1 });
  });
});
