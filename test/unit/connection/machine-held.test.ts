import { afterEach, describe, expect, it } from 'vitest';
import { ConnectionStage, CURABLE, INCURABLE, type StageOptions } from '../../ground/connection-stage.ts';

const UNREACHABLE = { kind: 'unreachable', errno: 'ENETUNREACH' } as const;

let stages: ConnectionStage[] = [];

function begin(options?: StageOptions): ConnectionStage {
  const stage = new ConnectionStage({ random: [0.5], ...options });
  stages.push(stage);
  return stage;
}

const freeze = (stage: ConnectionStage) => stage.send({ type: 'freeze' });
const thaw = (stage: ConnectionStage, delayMs = 700) => stage.send({ type: 'thaw', delayMs });
const last = (stage: ConnectionStage) => stage.lines.at(-1);

afterEach(() => {
  for (const stage of stages) stage.stop();
  stages = [];
});

describe('a connection while the world is gone', () => {
  it('is held when it waits, says so, and goes on after its own delay', async () => {
    const stage = begin();
    await stage.fail({ kind: 'http-status', status: 500 });
    await freeze(stage);

    expect(stage.where).toBe('reconnecting.held');
    expect(last(stage)).toBe('reconnecting -> reconnecting epoch 1 attempt 1 by http-status retry in 300000 held');
    await stage.clock.advance(60_000);
    expect(stage.epochs.names).toEqual(['files 1']);
    await thaw(stage);
    expect(last(stage)).toBe('reconnecting -> reconnecting epoch 1 attempt 1 by http-status retry in 700');
    await stage.clock.advance(699);
    expect(stage.where).toBe('reconnecting.waiting');
    await stage.clock.advance(1);

    expect(stage.where).toBe('connecting.starting');
  });

  it('is held when it is parked, and revived when the world is back', async () => {
    const stage = begin({ plan: { parkAfterAttempts: 1 } });
    await stage.fail();
    expect(stage.where).toBe('reconnecting.parked');

    await freeze(stage);
    expect(stage.where).toBe('reconnecting.held');
    await thaw(stage);
    await stage.clock.advance(700);

    expect(stage.where).toBe('connecting.starting');
  });

  it('is held once everything of its epoch is gone, not before', async () => {
    const stage = begin({ isReleaseHeld: true });
    await stage.serve();
    await stage.fail();
    await freeze(stage);
    expect(stage.where).toBe('reconnecting.releasing');

    stage.epochs.latest().finishRelease();
    await stage.clock.settle();

    expect(stage.where).toBe('reconnecting.held');
  });

  it('waits after a release that the return of the world fell into', async () => {
    const stage = begin({ isReleaseHeld: true });
    await stage.serve();
    await freeze(stage);
    await stage.fail();
    await thaw(stage);
    stage.epochs.latest().finishRelease();
    await stage.clock.settle();

    expect(stage.where).toBe('reconnecting.waiting');
    await stage.clock.advance(700);
    expect(stage.where).toBe('connecting.starting');
  });

  it('uses up no attempt by what fails meanwhile, nor by the fault that told of the loss', async () => {
    const stage = begin({ plan: { parkAfterAttempts: 3 } });
    await stage.fail();
    await stage.clock.advance(250);
    await stage.fail(UNREACHABLE);
    expect(last(stage)).toContain('attempt 2');
    await freeze(stage);
    expect(last(stage)).toContain('attempt 1 ');

    for (let time = 0; time < 5; time += 1) {
      await stage.send({ type: 'retry' });
      await stage.fail(UNREACHABLE);
    }

    expect(last(stage)).toBe('connecting -> reconnecting epoch 7 attempt 1 by unreachable retry in 300000 held');
    await thaw(stage);
    await stage.clock.advance(700);
    expect(last(stage)).toContain('-> connecting epoch 8 attempt 2');
  });

  it('loses no life by what ends meanwhile', async () => {
    const stage = begin();
    await stage.serve();
    await freeze(stage);

    await stage.fail({ kind: 'unresponsive', missed: 2 });

    expect(stage.changes.at(-1)).toMatchObject({ to: 'reconnecting', held: true, attempt: 0, losses: 0 });
  });

  it('can be retried all the same, and may be ready', async () => {
    const stage = begin();
    await stage.fail();
    await freeze(stage);

    await stage.send({ type: 'retry' });
    await stage.serve();

    expect(stage.where).toBe('ready.healthy');
  });

  it('is probed now and then, should the world be misjudged', async () => {
    const stage = begin({ plan: { parkedProbeMs: 10_000 } });
    await stage.fail();
    await freeze(stage);

    await stage.clock.advance(10_000);

    expect(stage.where).toBe('connecting.starting');
    await stage.fail();
    expect(stage.where).toBe('reconnecting.held');
  });

  it('stays ready, and only its signs of life are held', async () => {
    const stage = begin();
    await stage.serve();

    await freeze(stage);
    await thaw(stage, 400);

    expect(stage.path).toBe('connecting initializing ready');
    expect(stage.epochs.latest().commands).toEqual([{ type: 'pulse.hold' }, { type: 'pulse.check', delayMs: 400 }]);
  });

  it('is not held when nobody held it: a jump of the clock releases what waits and what is parked', async () => {
    const stage = begin({ random: [0.9] });
    await stage.fail();
    await thaw(stage, 100);
    await stage.clock.advance(100);
    expect(stage.where).toBe('connecting.starting');

    const parked = begin({ plan: { parkAfterAttempts: 1 } });
    await parked.fail();
    await thaw(parked, 100);
    await parked.clock.advance(100);

    expect(parked.where).toBe('connecting.starting');
  });

  it('still waits as long as the server asked for, by the clock on the wall', async () => {
    const stage = begin({ random: [0] });
    await stage.fail({ kind: 'http-status', status: 503, retryAfterMs: 60_000 });
    stage.clock.set(20_000);
    await thaw(stage, 100);
    expect(stage.changes.at(-1)).toMatchObject({ retryInMs: 40_000 });

    stage.clock.set(3_600_000);
    await thaw(stage, 100);

    expect(stage.changes.at(-1)).toMatchObject({ retryInMs: 100 });
  });

  it('begins its first attempt, and is held when that fails', async () => {
    const stage = begin({ input: { frozen: true } });
    expect(stage.where).toBe('connecting.starting');

    await stage.fail(CURABLE);

    expect(stage.where).toBe('reconnecting.held');
    expect(stage.changes.at(-1)).toMatchObject({ held: true, attempt: 0 });
  });

  it('stays closed when it was closed by a fault that trying again cannot cure', async () => {
    const stage = begin();
    await stage.fail(INCURABLE);

    await freeze(stage);
    await thaw(stage, 1);
    await stage.clock.advance(60_000);

    expect(stage.path).toBe('connecting closed');
  });
});
