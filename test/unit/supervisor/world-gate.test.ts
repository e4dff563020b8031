import { afterEach, describe, expect, it } from 'vitest';
import { SupervisorStage } from '../../ground/supervisor-stage.ts';

let stages: SupervisorStage[] = [];

function begin(): SupervisorStage {
  const stage = new SupervisorStage();
  stages.push(stage);
  return stage;
}

const REMOTE = { remote: true } as const;
/** The stage draws 0.5 and staggers by 100 ms: the first is released after 50 ms, the second after 150 ms, … */
const FIRST_MS = 50;

/** When each server tried again, as `name ms`, counted from now. */
async function attemptsWithin(stage: SupervisorStage, spanMs: number): Promise<string[]> {
  const beginMs = stage.clock.monotonic();
  const seen: string[] = [];
  stage.epochs.begun = ({ input }) => seen.push(`${input.server} ${stage.clock.monotonic() - beginMs}`);
  await stage.clock.advance(spanMs);
  return seen;
}

afterEach(async () => {
  for (const stage of stages) await stage.stop();
  stages = [];
});

describe('the loss of the network', () => {
  it('holds what is remote, and nothing else', async () => {
    const stage = begin();
    await stage.add('far', REMOTE);
    await stage.add('near');
    for (const server of ['far', 'near']) await stage.act(server, (epoch) => epoch.fail({ kind: 'stream-ended' }));
    stage.clear();

    await stage.send({ type: 'network.lost' });

    expect(stage.lines).toEqual(['undefined world.frozen', 'far reconnecting -> reconnecting held']);
    expect(stage.reports[0]).toMatchObject({ type: 'world.frozen', reason: 'network-lost', server: undefined });
    expect(await attemptsWithin(stage, 10_000)).toEqual(['near 250']);
  });

  it('is over for all at once, one by one: by priority, then by start', async () => {
    const stage = begin();
    await stage.add('a', REMOTE);
    await stage.add('b', { ...REMOTE, priority: 1 });
    await stage.add('c', REMOTE);
    await stage.send({ type: 'network.lost' });
    for (const server of ['a', 'b', 'c']) await stage.act(server, (epoch) => epoch.fail({ kind: 'stream-ended' }));
    stage.clear();

    await stage.send({ type: 'network.returned' });

    expect(stage.reports[0]).toMatchObject({ type: 'world.thawed', reason: 'network-back', released: 3 });
    const attempts = await attemptsWithin(stage, 1_000);
    expect(attempts).toEqual([`b ${FIRST_MS}`, `a ${FIRST_MS + 100}`, `c ${FIRST_MS + 200}`]);
  });

  it('leaves a ready connection alone, and has it asked for a sign of life afterwards', async () => {
    const stage = begin();
    await stage.addServing('a', REMOTE);
    await stage.addServing('b', REMOTE);
    await stage.addServing('near');

    await stage.send({ type: 'network.lost' });
    await stage.clock.advance(600_000);
    await stage.send({ type: 'network.returned' });

    const commands = (server: string) => stage.epochs.latest(server).commands;
    expect(commands('a')).toEqual([{ type: 'pulse.hold' }, { type: 'pulse.check', delayMs: FIRST_MS }]);
    expect(commands('b')).toEqual([{ type: 'pulse.hold' }, { type: 'pulse.check', delayMs: FIRST_MS + 100 }]);
    expect(commands('near')).toEqual([]);
    expect(stage.epochs.names).toEqual(['a 1', 'b 1', 'near 1']);
  });

  it('is known to a server that is added meanwhile: it tries once, and is held', async () => {
    const stage = begin();
    await stage.send({ type: 'network.lost' });
    await stage.add('far', REMOTE);
    await stage.add('near');

    await stage.act('far', (epoch) => epoch.fail({ kind: 'stream-ended' }));
    await stage.act('near', (epoch) => epoch.fail({ kind: 'stream-ended' }));

    expect(stage.linesOf('far').at(-1)).toBe('far connecting -> reconnecting held');
    expect(stage.linesOf('near').at(-1)).toBe('near connecting -> reconnecting');
  });

  it('does not hold back what somebody wants to be tried', async () => {
    const stage = begin();
    await stage.add('far', REMOTE);
    await stage.send({ type: 'network.lost' });
    await stage.act('far', (epoch) => epoch.fail({ kind: 'stream-ended' }));
    stage.serving.add('far');

    await stage.send({ type: 'server.retry', server: 'far' });

    expect(stage.linesOf('far').at(-1)).toBe('far initializing -> ready');
  });

  it('means nothing while everything is being disposed', async () => {
    const stage = begin();
    stage.epochs.isReleaseHeld = () => true;
    await stage.addServing('far', REMOTE);
    await stage.send({ type: 'close' });
    stage.clear();

    await stage.send({ type: 'network.lost' });
    await stage.send({ type: 'network.returned' });
    await stage.send({ type: 'clock.jumped', gapMs: 60_000 });

    expect(stage.lines).toEqual([]);
  });
});

describe('a jump of the clock', () => {
  it('has everything that waits tried, and everything that is open asked, one by one', async () => {
    const stage = begin();
    await stage.addServing('open');
    await stage.add('lost', { parkAfterAttempts: 1, priority: 1 });
    await stage.act('lost', (epoch) => epoch.fail({ kind: 'stream-ended' }));
    expect(stage.linesOf('lost').at(-1)).toBe('lost connecting -> reconnecting parked');
    stage.clear();

    await stage.send({ type: 'clock.jumped', gapMs: 3_600_000 });

    expect(stage.reports[0]).toMatchObject({
      type: 'world.thawed',
      reason: 'clock-jumped',
      gapMs: 3_600_000,
      released: 2,
    });
    expect(stage.epochs.latest('open').commands).toEqual([{ type: 'pulse.check', delayMs: FIRST_MS + 100 }]);
    expect(await attemptsWithin(stage, 1_000)).toEqual([`lost ${FIRST_MS}`]);
  });

  it('does not release what waits for the network', async () => {
    const stage = begin();
    await stage.add('far', REMOTE);
    await stage.send({ type: 'network.lost' });
    await stage.act('far', (epoch) => epoch.fail({ kind: 'stream-ended' }));

    await stage.send({ type: 'clock.jumped', gapMs: 3_600_000 });

    expect(stage.reports.at(-1)).toMatchObject({ type: 'world.thawed', reason: 'clock-jumped', released: 0 });
    expect(stage.linesOf('far').at(-1)).toBe('far connecting -> reconnecting held');
  });

  it('takes no restart out of its window: the window is time that passed', async () => {
    const stage = begin();
    await stage.addServing('a', { maxRestarts: 1, withinMs: 60_000 });
    await stage.crash('a');
    stage.clock.set(3_600_000);
    await stage.send({ type: 'clock.jumped', gapMs: 3_600_000 });

    await stage.crash('a');

    expect(stage.linesOf('a').at(-1)).toBe('a server.escalated');
  });
});
