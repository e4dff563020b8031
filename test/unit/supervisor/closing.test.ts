import { afterEach, describe, expect, it } from 'vitest';
import { createActor, setup } from 'xstate';
import type { ConnectionMachine } from '../../../src/connection/machine.ts';
import { releaseBudget } from '../../../src/connection/release.ts';
import { supervisorMachine } from '../../../src/supervisor/machine.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';
import { INCURABLE } from '../../ground/connection-stage.ts';
import { scriptedGround } from '../../ground/grounds.ts';
import { planOf } from '../../ground/plans.ts';
import { REPLACE, SupervisorStage } from '../../ground/supervisor-stage.ts';

let stages: SupervisorStage[] = [];

function begin(closeTimeoutMs?: number): SupervisorStage {
  const stage = new SupervisorStage(closeTimeoutMs);
  stages.push(stage);
  return stage;
}

/** Lines that tell of an end. */
function ends(stage: SupervisorStage): string[] {
  return stage.lines.filter((line) => line.endsWith('-> closed') || line.endsWith('server.removed'));
}

afterEach(async () => {
  for (const stage of stages) await stage.stop();
  stages = [];
});

describe('closing', () => {
  it('disposes strictly in the reverse order of start, one by one', async () => {
    const stage = begin();
    for (const name of ['a', 'b', 'c', 'd']) await stage.addServing(name);

    await stage.send({ type: 'close' });

    expect(ends(stage)).toEqual([
      'd ready -> closed',
      'd server.removed',
      'c ready -> closed',
      'c server.removed',
      'b ready -> closed',
      'b server.removed',
      'a ready -> closed',
      'a server.removed',
    ]);
    expect(stage.isClosed).toBe(true);
    expect(stage.clock.pendingCount).toBe(0);
  });

  it('goes by the order of start, not of addition', async () => {
    const stage = begin();
    await stage.addServing('app', { dependsOn: ['files'] });
    await stage.addServing('files');

    await stage.send({ type: 'close' });

    expect(ends(stage).filter((line) => line.endsWith('removed'))).toEqual([
      'app server.removed',
      'files server.removed',
    ]);
  });

  it('does not begin with one before the one that was started after it is gone', async () => {
    const stage = begin();
    stage.epochs.isReleaseHeld = () => true;
    await stage.addServing('a');
    await stage.addServing('b');

    await stage.send({ type: 'close' });
    await stage.clock.advance(5_000);
    expect(ends(stage)).toEqual(['b ready -> closed']);
    await stage.act('b', (epoch) => epoch.finishRelease());

    expect(ends(stage)).toEqual(['b ready -> closed', 'b server.removed', 'a ready -> closed']);
  });

  it('gives a child that hangs its deadline, then goes on with the next', async () => {
    const stage = begin();
    stage.epochs.isReleaseHeld = (server) => server === 'b';
    for (const name of ['a', 'b', 'c']) await stage.addServing(name);
    const { epochMs } = releaseBudget(planOf('b'));

    await stage.send({ type: 'close' });
    await stage.clock.advance(epochMs - 1);
    expect(ends(stage).at(-1)).toBe('b ready -> closed');
    await stage.clock.advance(1);

    expect(ends(stage).slice(3)).toEqual(['b server.removed', 'a ready -> closed', 'a server.removed']);
    expect(stage.lines).toContain('b release.failed');
    expect(stage.isClosed).toBe(true);
  });

  it('goes on without a connection that does not even answer, a second after its own deadline', async () => {
    const clock = new SimulatedClock();
    const deaf = setup({}).createMachine({}) as unknown as ConnectionMachine;
    const actor = createActor(supervisorMachine().provide({ actors: { connection: deaf } }), {
      clock: scriptedGround(clock),
      input: { closeTimeoutMs: 60_000, staggerMs: 1 },
    });
    const removed: string[] = [];
    actor.on('server.removed', ({ server }) => removed.push(server));
    actor.start();
    for (const name of ['a', 'b']) actor.send({ type: 'server.add', plan: planOf(name), revision: 1 });
    const deadlineMs = releaseBudget(planOf('b')).epochMs + 1_000;

    actor.send({ type: 'close' });
    await clock.advance(deadlineMs - 1);
    expect(removed).toEqual([]);
    await clock.advance(1);
    expect(removed).toEqual(['b']);
    await clock.advance(deadlineMs);

    expect(removed).toEqual(['b', 'a']);
    expect(actor.getSnapshot().status).toBe('done');
  });

  it('ends with the total deadline, whatever is left', async () => {
    const stage = begin(20_000);
    stage.epochs.isReleaseHeld = () => true;
    for (const name of ['a', 'b', 'c']) await stage.addServing(name);

    await stage.send({ type: 'close' });
    await stage.clock.advance(19_999);
    expect(stage.isClosed).toBe(false);
    await stage.clock.advance(1);

    expect(stage.isClosed).toBe(true);
    expect(stage.clock.pendingCount).toBe(0);
  });

  it('reports each server as removed, also those that a deadline gave up', async () => {
    const stage = begin(20_000);
    stage.epochs.isReleaseHeld = () => true;
    for (const name of ['a', 'b', 'c']) await stage.addServing(name);
    await stage.send({ type: 'close' });

    await stage.clock.advance(20_000);

    expect(
      ends(stage)
        .filter((line) => line.endsWith('removed'))
        .sort(),
    ).toEqual(['a server.removed', 'b server.removed', 'c server.removed']);
  });

  it('reports servers as removed that were never started or had been stopped', async () => {
    const stage = begin();
    await stage.add('app', { dependsOn: ['nobody'] });
    await stage.addServing('files', { restart: 'temporary' });
    await stage.crash('files');

    await stage.send({ type: 'close' });

    expect(stage.lines.filter((line) => line.endsWith('removed')).sort()).toEqual([
      'app server.removed',
      'files server.removed',
    ]);
    expect(stage.isClosed).toBe(true);
  });

  it('of nothing is over at once', async () => {
    const stage = begin();

    await stage.send({ type: 'close' });

    expect(stage.isClosed).toBe(true);
  });

  it('ends connections that a fault closed, that wait and that are parked as well', async () => {
    const stage = begin();
    await stage.add('closed');
    await stage.act('closed', (epoch) => epoch.fail(INCURABLE));
    await stage.addServing('parked');
    await stage.act('parked', (epoch) => epoch.fail(INCURABLE));
    await stage.add('waiting');
    await stage.act('waiting', (epoch) => epoch.fail({ kind: 'stream-ended' }));
    await stage.add('connecting');

    await stage.send({ type: 'close' });

    expect(stage.lines.filter((line) => line.endsWith('removed'))).toEqual([
      'connecting server.removed',
      'waiting server.removed',
      'parked server.removed',
      'closed server.removed',
    ]);
    expect(stage.isClosed).toBe(true);
  });

  it('gives calls under way the same time on all servers, counted from its beginning', async () => {
    const stage = begin();
    stage.epochs.isReleaseHeld = () => true;
    await stage.addServing('a');
    await stage.addServing('b');

    await stage.send({ type: 'close', drainMs: 5_000 });
    await stage.clock.advance(2_000);
    await stage.act('b', (epoch) => epoch.finishRelease());

    expect(stage.epochs.latest('b').drains).toEqual([5_000]);
    expect(stage.epochs.latest('a').drains).toEqual([3_000]);
  });

  it('starts nothing any more, whatever is asked for', async () => {
    const stage = begin();
    stage.epochs.isReleaseHeld = () => true;
    await stage.addServing('a');
    await stage.addServing('b');
    await stage.send({ type: 'close' });
    const { length } = stage.epochs.names;

    await stage.addServing('c');
    await stage.send({ ...REPLACE, plan: planOf('a') });
    await stage.send({ type: 'server.retry', server: 'a' });
    await stage.send({ type: 'server.remove', server: 'a' });
    await stage.send({ type: 'close' });
    for (const epoch of [...stage.epochs.all].reverse()) {
      epoch.finishRelease();
      await stage.clock.settle();
    }

    expect(stage.epochs.names).toHaveLength(length);
    expect(stage.lines).not.toContain('c server.added');
    expect(ends(stage)).toEqual(['b ready -> closed', 'b server.removed', 'a ready -> closed', 'a server.removed']);
  });

  it('does not restart what crashes meanwhile, and keeps the order of the others', async () => {
    const stage = begin();
    stage.epochs.isReleaseHeld = (server) => server === 'c';
    for (const name of ['a', 'b', 'c']) await stage.addServing(name, { restart: 'permanent' });
    await stage.send({ type: 'close' });

    await stage.crash('b');
    await stage.act('c', (epoch) => epoch.finishRelease());

    expect(stage.epochs.names).toEqual(['a 1', 'b 1', 'c 1']);
    expect(stage.lines.filter((line) => line.endsWith('removed'))).toEqual([
      'b server.removed',
      'c server.removed',
      'a server.removed',
    ]);
    expect(stage.isClosed).toBe(true);
  });

  it('takes over a removal and a replacement that are under way', async () => {
    const stage = begin();
    stage.epochs.isReleaseHeld = () => true;
    await stage.addServing('a');
    await stage.addServing('b');
    await stage.send({ ...REPLACE, plan: planOf('a') });
    await stage.send({ type: 'server.remove', server: 'b' });

    await stage.send({ type: 'close' });
    for (const epoch of [...stage.epochs.all].reverse()) {
      epoch.finishRelease();
      await stage.clock.settle();
    }

    expect(stage.epochs.names).toEqual(['a 1', 'b 1']);
    expect(stage.lines.filter((line) => line.endsWith('removed'))).toEqual(['b server.removed', 'a server.removed']);
    expect(stage.isClosed).toBe(true);
  });

  it('reports a server as removed whose replaced connection ends before its turn', async () => {
    const stage = begin();
    stage.epochs.isReleaseHeld = () => true;
    await stage.addServing('a');
    await stage.addServing('b');
    await stage.send({ ...REPLACE, plan: planOf('a') });
    await stage.send({ type: 'close' });

    await stage.act('a', (epoch) => epoch.finishRelease());
    await stage.act('b', (epoch) => epoch.finishRelease());

    expect(stage.epochs.names).toEqual(['a 1', 'b 1']);
    expect(stage.lines.filter((line) => line.endsWith('removed')).sort()).toEqual([
      'a server.removed',
      'b server.removed',
    ]);
    expect(stage.isClosed).toBe(true);
  });
});

describe('closing many', () => {
  /** How often the plans of servers are looked at while all are closed. */
  async function looks(servers: number): Promise<number> {
    const stage = begin();
    let count = 0;
    for (let server = 0; server < servers; server += 1) {
      const plan = planOf(`s${server}`);
      const watched = Object.defineProperty({ ...plan }, 'name', {
        get: () => {
          count += 1;
          return plan.name;
        },
      });
      stage.serving.add(plan.name);
      await stage.send({ type: 'server.add', plan: watched, revision: 1 });
    }
    count = 0;
    await stage.send({ type: 'close' });
    expect(stage.isClosed).toBe(true);
    return count;
  }

  it('looks at each server once for each that is closed, and not at all of them again and again', async () => {
    // Three looks more for each server: at its report, at its end, and at what is told of it.
    expect(await looks(40)).toBeLessThanOrEqual(40 * (40 + 10));
  });
});

describe('closing by force', () => {
  it.each([false, true])('is over at once, also while closing politely: %s', async (isClosing) => {
    const stage = begin();
    stage.epochs.isReleaseHeld = () => true;
    await stage.addServing('a');
    await stage.addServing('b');
    if (isClosing) await stage.send({ type: 'close' });

    await stage.send({ type: 'close.force' });

    expect(stage.isClosed).toBe(true);
    expect(stage.clock.pendingCount).toBe(0);
    expect(stage.lines.filter((line) => line.endsWith('removed')).sort()).toEqual([
      'a server.removed',
      'b server.removed',
    ]);
  });
});
