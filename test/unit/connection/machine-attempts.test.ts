import { afterEach, describe, expect, it } from 'vitest';
import type { ConnectionEvent } from '../../../src/connection/events.ts';
import { ConnectionStage, CURABLE, type StageOptions } from '../../ground/connection-stage.ts';

let stages: ConnectionStage[] = [];

function begin(options?: StageOptions): ConnectionStage {
  const stage = new ConnectionStage(options);
  stages.push(stage);
  return stage;
}

/** Fail as often as asked for; the delays that were chosen. */
async function flap(
  stage: ConnectionStage,
  times: number,
  served: () => Promise<void>,
): Promise<(number | undefined)[]> {
  for (let time = 0; time < times; time += 1) {
    await served();
    await stage.fail();
    await stage.clock.advance(stage.changes.at(-1)?.retryInMs ?? 0);
  }
  return stage.changes.filter(({ to }) => to === 'reconnecting').map(({ retryInMs }) => retryInMs);
}

afterEach(() => {
  for (const stage of stages) stage.stop();
  stages = [];
});

describe('the delays between attempts', () => {
  it('grow to the cap while a server cannot be reached', async () => {
    const stage = begin({ random: [0.5] });

    expect(await flap(stage, 8, async () => {})).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  });

  it('grow as well while a server flaps: reaching ready refunds nothing', async () => {
    const stage = begin({ random: [0.5] });

    expect(await flap(stage, 5, () => stage.serve())).toEqual([250, 500, 1_000, 2_000, 4_000]);
  });

  it('draw the jitter below the cap, so that servers which reached it do not come back together', async () => {
    const random = [0, 0, 0, 0, 0, 0, 0.1, 0.5, 0.9];
    const stage = begin({ random });

    expect((await flap(stage, 9, async () => {})).slice(6)).toEqual([3_000, 15_000, 27_000]);
  });

  it('start again after one proven service, when attempts failed before it', async () => {
    const stage = begin({ random: [0.5] });
    await flap(stage, 3, async () => {});
    await stage.serve();
    stage.epochs.latest().served = true;
    await stage.fail();

    expect(stage.changes.at(-1)).toMatchObject({ to: 'reconnecting', attempt: 0, losses: 1, retryInMs: 250 });
    await stage.clock.advance(250);
    expect(stage.changes.at(-1)).toMatchObject({ to: 'connecting', attempt: 1 });
  });

  it('start again after stableAfterMs in ready, and not a millisecond before', async () => {
    const stage = begin({ plan: { stableAfterMs: 1_000 }, random: [0.5] });
    await stage.serve();
    await stage.clock.advance(999);
    await stage.fail();
    await stage.clock.advance(250);
    await stage.serve();
    await stage.clock.advance(1_000);
    await stage.fail();

    expect(stage.changes.filter(({ to }) => to === 'reconnecting').map(({ attempt }) => attempt)).toEqual([1, 0]);
  });

  it('count the stable time through a suspect moment', async () => {
    const stage = begin({ plan: { stableAfterMs: 1_000 } });
    await stage.serve();
    await stage.clock.advance(600);
    stage.epochs.latest().say({ type: 'heartbeat.missed', missed: 1 });
    stage.epochs.latest().say({ type: 'heartbeat.answered' });
    await stage.clock.advance(400);
    await stage.fail();

    expect(stage.changes.at(-1)).toMatchObject({ attempt: 0 });
  });

  it('are not refunded by a retry', async () => {
    const stage = begin({ random: [0.5] });
    await stage.fail();
    await stage.send({ type: 'retry' });
    await stage.fail();

    expect(stage.changes.at(-1)).toMatchObject({ attempt: 2, retryInMs: 500 });
  });

  it('are what Retry-After says when it says more', async () => {
    const stage = begin({ random: [0] });

    await stage.fail({ kind: 'http-status', status: 503, retryAfterMs: 7_000 });
    expect(stage.changes.at(-1)).toMatchObject({ retryInMs: 7_000 });
    await stage.clock.advance(6_999);
    expect(stage.where).toBe('reconnecting.waiting');
    await stage.clock.advance(1);

    expect(stage.where).toBe('connecting.starting');
  });

  it('count from the moment in which they are announced: a release takes its time of it', async () => {
    const stage = begin({ isReleaseHeld: true, random: [0.5] });
    await stage.fail();
    await stage.clock.advance(100);
    stage.epochs.latest().finishRelease();
    await stage.clock.settle();

    await stage.clock.advance(149);
    expect(stage.where).toBe('reconnecting.waiting');
    await stage.clock.advance(1);

    expect(stage.where).toBe('connecting.starting');
  });

  it('are over when a release took longer: the next attempt follows it', async () => {
    const stage = begin({ isReleaseHeld: true, random: [0.5] });
    await stage.fail();
    await stage.clock.advance(5_000);
    expect(stage.where).toBe('reconnecting.releasing');
    stage.epochs.latest().finishRelease();
    await stage.clock.settle();
    await stage.clock.advance(0);

    expect(stage.where).toBe('connecting.starting');
  });
});

describe('an event of an older epoch', () => {
  const OLD = [
    { type: 'start.queued', epoch: 1 },
    { type: 'start.admitted', epoch: 1 },
    { type: 'transport.opened', epoch: 1 },
    { type: 'link.initialized', epoch: 1 },
    { type: 'heartbeat.missed', epoch: 1, missed: 1 },
    { type: 'heartbeat.answered', epoch: 1 },
    { type: 'epoch.faulted', epoch: 1, fault: CURABLE, served: false },
    { type: 'epoch.faulted', epoch: 1, fault: { kind: 'protocol-version-unsupported' }, served: false },
  ] as const satisfies readonly ConnectionEvent[];

  const STATES = [
    'connecting.starting',
    'connecting.queued',
    'initializing',
    'ready.healthy',
    'ready.suspect',
    'reconnecting.waiting',
    'closed.gone',
  ];

  async function reach(where: string): Promise<ConnectionStage> {
    const stage = begin();
    await stage.fail();
    await stage.send({ type: 'retry' });
    const epoch = stage.epochs.latest();
    if (where === 'connecting.queued') epoch.say({ type: 'start.queued' });
    if (!where.startsWith('connecting')) epoch.say({ type: 'transport.opened' });
    if (!where.startsWith('connecting') && where !== 'initializing') epoch.say({ type: 'link.initialized' });
    if (where === 'ready.suspect') epoch.say({ type: 'heartbeat.missed', missed: 1 });
    if (where === 'reconnecting.waiting') await stage.fail();
    if (where === 'closed.gone') await stage.send({ type: 'close' });
    expect(stage.where).toBe(where);
    return stage;
  }

  it.each(STATES)('changes nothing in %s', async (where) => {
    const stage = await reach(where);
    const { context } = stage.actor.getSnapshot();
    const { length } = stage.reports;

    for (const event of OLD) await stage.send(event);

    expect(stage.where).toBe(where);
    expect(stage.actor.getSnapshot().context).toEqual(context);
    expect(stage.reports.slice(length)).toEqual([]);
  });

  it('is told from one of the present epoch, which does change something', async () => {
    const stage = await reach('connecting.starting');

    await stage.send({ type: 'transport.opened', epoch: 2 });

    expect(stage.where).toBe('initializing');
  });
});

describe('a crash of an epoch', () => {
  it('reaches the supervisor as a crash, not as a fault', async () => {
    const stage = begin();
    await stage.serve();
    const defect = new TypeError('a defect');

    stage.epochs.latest().crash(defect);
    await stage.clock.settle();

    expect(stage.messages).toEqual([{ type: 'xstate.error.actor.files', error: defect, actorId: 'files' }]);
    expect(stage.path).toBe('connecting initializing ready');
    expect(stage.epochs.liveCount()).toBe(0);
  });
});

describe('the budget of attempts', () => {
  const HOUR_MS = 3_600_000;

  /** Spawns in each of the first hours of a server whose every life goes like that, and then fails. */
  async function spawnsPerHour(hours: number, served: (stage: ConnectionStage) => Promise<void>): Promise<number[]> {
    const stage = begin({ random: [0.5] });
    const beginMs = stage.clock.now();
    while (stage.clock.now() - beginMs < hours * HOUR_MS) {
      await served(stage);
      await stage.fail();
      await stage.clock.advance(stage.changes.at(-1)?.retryInMs ?? 0);
    }
    const counts = Array.from({ length: hours }, () => 0);
    for (const { to, atMs } of stage.changes) {
      const hour = Math.floor((atMs - beginMs) / HOUR_MS);
      if (to === 'connecting' && hour < hours) counts[hour] = (counts[hour] ?? 0) + 1;
    }
    return counts;
  }

  it('parks a connection that used it up, and goes on probing it', async () => {
    const stage = begin({ random: [0.5], plan: { parkAfterAttempts: 3, parkedProbeMs: 10_000 } });

    await flap(stage, 4, async () => {});

    const lost = stage.changes.filter(({ to }) => to === 'reconnecting');
    expect(lost.map(({ parked, retryInMs }) => [parked ?? false, retryInMs])).toEqual([
      [false, 250],
      [false, 500],
      [true, 10_000],
      [true, 10_000],
    ]);
  });

  it('is not used up while the network is gone', async () => {
    const stage = begin({ random: [0.5], plan: { parkAfterAttempts: 2 } });

    for (let time = 0; time < 4; time += 1) {
      await stage.fail({ kind: 'unreachable', errno: 'ENETUNREACH' });
      await stage.clock.advance(stage.changes.at(-1)?.retryInMs ?? 0);
    }

    const lost = stage.changes.filter(({ to }) => to === 'reconnecting');
    expect(lost.map(({ parked, retryInMs }) => [parked ?? false, retryInMs])).toEqual([
      [false, 250],
      [false, 500],
      [false, 1_000],
      [false, 2_000],
    ]);
  });

  it('costs a dead server 31 spawns in its first hour and 12 in each further one', async () => {
    expect(await spawnsPerHour(4, async () => {})).toEqual([31, 12, 12, 12]);
  });

  it('costs a server that is ready and dies at once no more than a dead one', async () => {
    expect(await spawnsPerHour(3, (stage) => stage.serve())).toEqual([31, 12, 12]);
  });

  it('costs a server that answers one call in each life no more than a dead one', async () => {
    const answerOnce = async (stage: ConnectionStage) => {
      await stage.serve();
      stage.epochs.latest().served = true;
    };

    expect(await spawnsPerHour(3, answerOnce)).toEqual([31, 12, 12]);
  });

  it.each([
    [10_000, [31, 11, 12, 12]],
    [31_000, [31, 10, 11, 11]],
    [60_000, [30, 10, 10, 10]],
    [150_000, [23, 18, 8, 8]],
    [300_000, [12, 12, 12, 12]],
  ])(
    'costs a server that serves %d ms in each life spawns that go down to twelve an hour at most',
    async (servedMs, hours) => {
      const serve = async (stage: ConnectionStage) => {
        await stage.serve();
        stage.epochs.latest().served = true;
        await stage.clock.advance(servedMs);
      };

      expect(await spawnsPerHour(4, serve)).toEqual(hours);
    },
  );
});
