import { afterEach, describe, expect, it } from 'vitest';
import { CURABLE, INCURABLE } from '../../ground/connection-stage.ts';
import { planOf } from '../../ground/plans.ts';
import { REPLACE, SupervisorStage } from '../../ground/supervisor-stage.ts';

/** A replacement beside the connection that serves. */
const BESIDE = { ...REPLACE, stopFirst: false, drainMs: 5_000 } as const;

let stages: SupervisorStage[] = [];

/** A server that serves, and whose next connections only do what they are told to. */
async function begin(plan = {}): Promise<SupervisorStage> {
  const stage = new SupervisorStage();
  stages.push(stage);
  await stage.addServing('files', plan);
  stage.serving.clear();
  stage.clear();
  return stage;
}

afterEach(async () => {
  for (const stage of stages) await stage.stop();
  stages = [];
});

describe('a replacement', () => {
  it('takes over in the turn in which it is ready; the state of the server does not change', async () => {
    const stage = await begin();
    stage.epochs.isReleaseHeld = () => true;

    await stage.send({ ...BESIDE, plan: planOf('files') });
    expect(stage.epochs.names).toEqual(['files 1', 'files 2']);
    await stage.act('files', (epoch) => epoch.serve());

    expect(stage.lines).toEqual([
      'files candidate closed -> connecting',
      'files candidate connecting -> initializing',
      'files candidate initializing -> ready',
      'files server.replaced',
      'files connection.retired',
    ]);
    expect(stage.reports[3]).toEqual({
      type: 'server.replaced',
      server: 'files',
      epoch: 2,
      previousEpoch: 1,
      reason: 'replaced',
      atMs: 0,
    });
    expect(stage.epochs.all[0]?.drains).toEqual([5_000]);
  });

  it('leaves the one before alone until it is ready, and waits for its end', async () => {
    const stage = new SupervisorStage();
    stages.push(stage);
    stage.epochs.isReleaseHeld = () => true;
    await stage.addServing('files');
    stage.serving.clear();
    stage.clear();

    await stage.send({ ...BESIDE, plan: planOf('files') });
    expect(stage.epochs.all[0]?.drains).toEqual([]);
    await stage.act('files', (epoch) => epoch.serve());
    expect(stage.lines).not.toContain('files connection.retired');
    stage.epochs.all[0]?.finishRelease();
    await stage.clock.settle();

    expect(stage.lines.at(-1)).toBe('files connection.retired');
    expect(stage.epochs.liveCount()).toBe(1);
  });

  it.each([
    ['cannot be connected', INCURABLE],
    ['is parked', CURABLE],
  ])('that %s is gone, and the server goes on', async (_, fault) => {
    const stage = await begin();

    await stage.send({ ...BESIDE, plan: planOf('files', { parkAfterAttempts: 1 }) });
    await stage.act('files', (epoch) => epoch.fail(fault));

    expect(stage.reports.at(-1)).toMatchObject({
      type: 'replacement.failed',
      epoch: 2,
      reason: 'replaced',
      cause: fault,
    });
    expect(stage.lines.filter((line) => !line.includes('candidate'))).toEqual(['files replacement.failed']);
    expect(stage.epochs.all.map(({ isLive }) => isLive)).toEqual([true, false]);
  });

  it('that crashes is gone, whatever its restart policy, and the server goes on', async () => {
    const stage = await begin();

    await stage.send({ ...BESIDE, plan: planOf('files', { restart: 'permanent' }) });
    await stage.crash('files');

    expect(stage.reports.at(-1)).toMatchObject({ type: 'replacement.failed', cause: { kind: 'crashed' } });
    expect(stage.epochs.names).toEqual(['files 1', 'files 2']);
    expect(stage.epochs.liveCount()).toBe(1);
  });

  it('goes on trying after a fault that trying again may cure', async () => {
    const stage = await begin();
    await stage.send({ ...BESIDE, plan: planOf('files') });
    await stage.act('files', (epoch) => epoch.fail(CURABLE));
    await stage.clock.advance(500);

    await stage.act('files', (epoch) => epoch.serve());

    expect(stage.lines).toContain('files server.replaced');
    expect(stage.epochs.names).toEqual(['files 1', 'files 2', 'files 3']);
  });

  it('that nobody waits for any more is gone, without a cause', async () => {
    const stage = await begin();
    await stage.send({ ...BESIDE, plan: planOf('files') });

    await stage.send({ type: 'replacement.cancel', server: 'files', revision: 1 });
    expect(stage.epochs.liveCount()).toBe(2);
    await stage.send({ type: 'replacement.cancel', server: 'files', revision: 2 });

    expect(stage.reports.at(-1)).toEqual({
      type: 'replacement.failed',
      server: 'files',
      epoch: 2,
      reason: 'replaced',
      atMs: 0,
    });
    expect(stage.epochs.liveCount()).toBe(1);
  });

  it('gives way to the next one, which begins when it is gone', async () => {
    const stage = await begin();
    stage.epochs.isReleaseHeld = () => true;
    await stage.send({ ...BESIDE, plan: planOf('files') });

    await stage.send({ ...BESIDE, plan: planOf('files'), revision: 3 });
    expect(stage.epochs.names).toEqual(['files 1', 'files 2']);
    await stage.act('files', (epoch) => epoch.finishRelease());

    expect(stage.epochs.names).toEqual(['files 1', 'files 2', 'files 3']);
    expect(stage.epochs.latest().input).toMatchObject({ revision: 3 });
    expect(stage.lines).not.toContain('files replacement.failed');
  });

  it('takes over from a connection that died while it came up', async () => {
    const stage = await begin();
    await stage.send({ ...BESIDE, plan: planOf('files') });
    const [incumbent, candidate] = stage.epochs.all;
    incumbent?.fail(CURABLE);
    await stage.clock.settle();
    stage.clear();

    candidate?.serve();
    await stage.clock.settle();

    expect(stage.lines).toEqual([
      'files candidate connecting -> initializing',
      'files candidate initializing -> ready',
      'files server.replaced',
      'files reconnecting -> ready',
      'files connection.retired',
    ]);
    await stage.clock.advance(60_000);
    expect(stage.epochs.names).toEqual(['files 1', 'files 2']);
  });

  it('takes over from a connection that was given up after crashes', async () => {
    const stage = await begin({ maxRestarts: 0 });
    await stage.send({ ...BESIDE, plan: planOf('files') });
    stage.epochs.all[0]?.crash();
    await stage.clock.settle();
    stage.clear();

    await stage.act('files', (epoch) => epoch.serve());

    expect(stage.lines.slice(-3)).toEqual([
      'files server.replaced',
      'files reconnecting -> ready',
      'files connection.retired',
    ]);
  });

  it.each([
    ['connecting', async (stage: SupervisorStage) => stage.add('wiki')],
    [
      'reconnecting',
      async (stage: SupervisorStage) => {
        await stage.add('wiki');
        await stage.act('wiki', (epoch) => epoch.fail(CURABLE));
      },
    ],
    [
      'closed',
      async (stage: SupervisorStage) => {
        await stage.add('wiki');
        await stage.act('wiki', (epoch) => epoch.fail(INCURABLE));
      },
    ],
  ])('of a server that is %s begins when the present connection is gone', async (_, prepare) => {
    const stage = await begin();
    stage.epochs.isReleaseHeld = (server) => server === 'wiki';
    await prepare(stage);
    stage.clear();

    await stage.send({ ...BESIDE, plan: planOf('wiki') });
    expect(stage.linesOf('wiki')[0]).toBe('wiki server.replaced');
    for (const epoch of stage.epochs.all) epoch.finishRelease();
    await stage.clock.settle();

    expect(stage.epochs.latest('wiki').input).toMatchObject({ epoch: 2, revision: 2, connection: 'server:wiki' });
    expect(stage.lines).not.toContain('wiki connection.retired');
  });

  it('that must not live beside it begins when the one that serves is gone, which has time to drain', async () => {
    const stage = new SupervisorStage();
    stages.push(stage);
    stage.epochs.isReleaseHeld = () => true;
    await stage.addServing('files');
    stage.clear();

    await stage.send({ ...BESIDE, stopFirst: true, plan: planOf('files') });
    expect(stage.epochs.names).toEqual(['files 1']);
    expect(stage.epochs.latest().drains).toEqual([5_000]);
    await stage.act('files', (epoch) => epoch.finishRelease());

    expect(stage.epochs.names).toEqual(['files 1', 'files 2']);
    expect(stage.reports[0]).toMatchObject({ type: 'server.replaced', epoch: 1, previousEpoch: 1 });
  });

  it('waits for what its plan depends on, and then takes over', async () => {
    const stage = await begin();
    await stage.send({ ...BESIDE, plan: planOf('files', { dependsOn: ['wiki'] }) });
    expect(stage.epochs.names).toEqual(['files 1']);

    await stage.addServing('wiki');

    expect(stage.epochs.names).toEqual(['files 1', 'wiki 1', 'files 2']);
  });

  it('is not noticed by what depends on the server, and is closed after it', async () => {
    const stage = await begin();
    await stage.addServing('notes', { dependsOn: ['files'] });
    await stage.send({ ...BESIDE, plan: planOf('files') });
    await stage.act('files', (epoch) => epoch.serve());
    expect(stage.linesOf('notes').at(-1)).toBe('notes initializing -> ready');

    await stage.send({ type: 'close' });

    expect(stage.lines.slice(-4)).toEqual([
      'notes ready -> closed',
      'notes server.removed',
      'files ready -> closed',
      'files server.removed',
    ]);
  });

  it('goes with its server when that is removed', async () => {
    const stage = await begin();
    stage.epochs.isReleaseHeld = () => true;
    await stage.send({ ...BESIDE, plan: planOf('files') });

    await stage.send({ type: 'server.remove', server: 'files' });
    expect(stage.lines).not.toContain('files server.removed');
    await stage.act('files', (epoch) => epoch.finishRelease());

    expect(stage.lines.at(-1)).toBe('files server.removed');
    expect(stage.reports.at(-1)).toMatchObject({ epoch: 1 });
    expect(stage.epochs.liveCount()).toBe(0);
    expect(stage.names).toEqual([]);
  });

  it('takes over no more once the supervisor closes, and is closed first', async () => {
    const stage = await begin();
    stage.epochs.isReleaseHeld = () => true;
    await stage.send({ ...BESIDE, plan: planOf('files') });
    await stage.send({ type: 'close' });

    await stage.act('files', (epoch) => epoch.serve());
    expect(stage.lines).not.toContain('files server.replaced');
    expect(stage.epochs.all[0]?.drains).toEqual([]);
    await stage.act('files', (epoch) => epoch.finishRelease());

    expect(stage.isClosed).toBe(true);
    expect(stage.lines.slice(-2)).toEqual(['files ready -> closed', 'files server.removed']);
    expect(stage.clock.pendingCount).toBe(0);
  });

  it('has its predecessor cut short when the supervisor closes', async () => {
    const stage = new SupervisorStage();
    stages.push(stage);
    stage.epochs.isReleaseHeld = () => true;
    await stage.addServing('files');
    await stage.send({ ...BESIDE, plan: planOf('files') });
    await stage.act('files', (epoch) => epoch.serve());

    await stage.send({ type: 'close' });
    expect(stage.epochs.all.map(({ drains }) => drains)).toEqual([[5_000, 0], []]);
    stage.epochs.all[0]?.finishRelease();
    await stage.clock.settle();
    expect(stage.epochs.all[1]?.drains).toEqual([0]);
    stage.epochs.all[1]?.finishRelease();
    await stage.clock.settle();

    expect(stage.isClosed).toBe(true);
    expect(stage.lines.filter((line) => line.endsWith('server.removed'))).toEqual(['files server.removed']);
  });

  it('can be replaced in its turn, again and again, by connections that take turns with two ids', async () => {
    const stage = await begin();
    for (const revision of [2, 3, 4]) {
      await stage.send({ ...BESIDE, plan: planOf('files'), revision });
      await stage.act('files', (epoch) => epoch.serve());
    }

    expect(stage.epochs.all.map(({ input }) => `${input.epoch} ${input.connection}`)).toEqual([
      '1 server:files',
      '2 server#2:files',
      '3 server:files',
      '4 server#2:files',
    ]);
    expect(stage.epochs.liveCount()).toBe(1);
    expect(stage.names).toEqual(['files']);
  });
});
