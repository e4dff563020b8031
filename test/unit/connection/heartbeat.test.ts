import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/fault.ts';
import { HeartbeatStage } from '../../ground/heartbeat-stage.ts';

const REFUSED: Fault = { kind: 'unreachable', errno: 'ECONNREFUSED' };

describe('the heartbeat', () => {
  it('asks after the interval of silence, and again after each answer', async () => {
    const { clock, journal, stop } = new HeartbeatStage([]);

    await clock.advance(2_500);

    expect(journal).toEqual(['1000 ping', '2000 ping']);
    stop();
  });

  it('never asks a server that talks', async () => {
    const { clock, journal, link, stop } = new HeartbeatStage([]);

    for (let time = 0; time < 10; time += 1) {
      await clock.advance(900);
      link.lastHeardAtMs = clock.monotonic();
    }

    expect(journal).toEqual([]);
    stop();
  });

  it('is over after as many misses in a row as planned, and says how many', async () => {
    const { clock, journal, ended } = new HeartbeatStage(['is silent', 'is silent']);

    await clock.advance(1_400);

    expect(journal).toEqual(['1000 ping', '1200 missed 1', '1200 ping', '1400 missed 2', '1400 over by unresponsive']);
    await expect(ended).resolves.toEqual({ kind: 'unresponsive', missed: 2 });
    expect(clock.pendingCount).toBe(0);
  });

  it('counts from the start again after an answer', async () => {
    const { clock, journal, stop } = new HeartbeatStage(['is silent', 'answers', 'is silent', 'answers']);

    await clock.advance(3_000);

    expect(journal).toEqual([
      '1000 ping',
      '1200 missed 1',
      '1200 ping',
      '1200 answered',
      '2200 ping',
      '2400 missed 1',
      '2400 ping',
      '2400 answered',
    ]);
    stop();
  });

  it('pauses between two questions that fail at once, and is over by their fault', async () => {
    const { clock, journal, ended } = new HeartbeatStage([REFUSED, REFUSED]);

    await clock.advance(1_200);

    expect(journal).toEqual(['1000 ping', '1000 missed 1', '1200 ping', '1200 missed 2', '1200 over by unreachable']);
    await expect(ended).resolves.toEqual(REFUSED);
  });

  it.each([
    ['while it waits', 500],
    ['while it asks', 1_100],
  ])('ends when it is aborted %s, leaving no timer and no listener', async (_, atMs) => {
    const { clock, journal, controller, ended } = new HeartbeatStage(['is silent']);
    await clock.advance(atMs);

    controller.abort();
    await clock.settle();

    await expect(ended).rejects.toBe(controller.signal.reason);
    expect(journal.at(-1)).toBe(`${atMs} aborted`);
    expect(getEventListeners(controller.signal, 'abort').length).toBeLessThanOrEqual(1);
  });

  it('does not notice that the clock of the host is set', async () => {
    const { clock, journal, stop } = new HeartbeatStage([]);
    clock.set(-3_600_000);

    await clock.advance(3_000);

    expect(journal.map((line) => line.split(' ')[1])).toEqual(['ping', 'ping', 'ping']);
    stop();
  });
});

describe('a call that waits for its reply', () => {
  it('has the server asked after probeAfterMs, and again after each answer while it waits', async () => {
    const { clock, journal, call, stop } = new HeartbeatStage([]);
    await clock.advance(100);

    call();
    await clock.advance(700);

    expect(journal).toEqual(['400 ping', '700 ping']);
    stop();
  });

  it('ends the watch at probeAfterMs + busyMisses x timeoutMs when nothing is answered', async () => {
    const { clock, journal, call } = new HeartbeatStage(['is silent', 'is silent', 'is silent']);
    await clock.advance(100);

    call();
    await clock.advance(900);

    expect(journal.filter((line) => !line.endsWith('ping'))).toEqual([
      '600 missed 1',
      '800 missed 2',
      '1000 missed 3',
      '1000 over by unresponsive',
    ]);
    expect(clock.pendingCount).toBe(0);
  });

  it('is not held against a server that talks meanwhile', async () => {
    const { clock, journal, call, link, stop } = new HeartbeatStage([]);
    call();

    for (let time = 0; time < 10; time += 1) {
      await clock.advance(250);
      link.lastHeardAtMs = clock.monotonic();
    }

    expect(journal).toEqual([]);
    stop();
  });

  it('sets at most one timer per probeAfterMs, however many calls begin', async () => {
    const { clock, timersSet, call, answer, stop } = new HeartbeatStage([]);
    const before = timersSet();

    for (let time = 0; time < 900; time += 1) {
      call();
      answer();
      await clock.advance(1);
    }

    expect(clock.pendingCount).toBe(1);
    expect(timersSet() - before).toBeLessThanOrEqual(2 * 3);
    stop();
  }, 60_000);

  it('leaves a connection that is idle again with one wake-up per interval', async () => {
    const { clock, timersSet, call, answer, stop } = new HeartbeatStage([]);
    call();
    answer();
    await clock.advance(300);
    const before = timersSet();

    await clock.advance(5_000);

    expect(timersSet() - before).toBeLessThanOrEqual(5);
    stop();
  });
});

describe('a proxy in front of a server that hangs', () => {
  it('is no sign of life while a question is open, though it sends headers and keep-alives', async () => {
    const { clock, journal, link } = new HeartbeatStage(['is silent', 'is silent']);
    await clock.advance(1_100);
    link.lastHeardAtMs = clock.monotonic();

    await clock.advance(300);

    expect(journal.at(-1)).toBe('1400 over by unresponsive');
  });
});

describe('a server that knows no ping', () => {
  it('is asked for its list the second time in a row, and from then on only for that', async () => {
    const { clock, journal, stop } = new HeartbeatStage(['is silent', 'answers', 'answers'], { list: 'tools/list' });

    await clock.advance(2_500);

    expect(journal).toEqual(['1000 ping', '1200 missed 1', '1200 tools/list', '1200 answered', '2200 tools/list']);
    stop();
  });

  it('is asked only for its list in later epochs too', async () => {
    const first = new HeartbeatStage(['is silent'], { list: 'prompts/list' });
    await first.clock.advance(1_300);
    first.stop();

    const second = new HeartbeatStage([], { list: 'prompts/list', habit: first.habit });
    await second.clock.advance(1_000);

    expect(second.journal).toEqual(['1000 prompts/list']);
    second.stop();
  });

  it('is over like any other when it does not list either', async () => {
    const { clock, journal } = new HeartbeatStage(['is silent', 'is silent'], { list: 'tools/list' });

    await clock.advance(1_400);

    expect(journal.at(-1)).toBe('1400 over by unresponsive');
  });

  it('is not asked any more when it has nothing to list and talks all the same', async () => {
    const { clock, journal, call, habit, stop } = new HeartbeatStage(['talks', 'talks']);
    call();

    await clock.advance(60_000);

    expect(journal).toEqual(['300 ping', '700 ping', '900 disabled']);
    expect(habit.question).toBe('none');
    expect(clock.pendingCount).toBe(0);
    stop();
  });

  it('is not asked at all in a later epoch when it was given up asking', async () => {
    const { clock, journal, call, stop } = new HeartbeatStage([], { habit: { question: 'none' } });

    call();
    await clock.advance(60_000);

    expect(journal).toEqual([]);
    stop();
  });

  it('misses nothing while it talks: what it says is a sign of life', async () => {
    const { clock, journal, stop } = new HeartbeatStage(['is silent', 'talks', 'answers'], { list: 'tools/list' });

    await clock.advance(2_400);

    expect(journal).toEqual(['1000 ping', '1200 missed 1', '1200 tools/list', '1400 answered', '2300 tools/list']);
    stop();
  });
});

describe('a heartbeat while the world is gone', () => {
  const hold = (stage: HeartbeatStage) => stage.obey({ type: 'pulse.hold' });
  const check = (stage: HeartbeatStage, delayMs: number) => stage.obey({ type: 'pulse.check', delayMs });

  it('asks nothing, not even for a call', async () => {
    const stage = new HeartbeatStage([]);
    hold(stage);
    stage.call();

    await stage.clock.advance(60_000);

    expect(stage.journal).toEqual([]);
    stage.stop();
  });

  it('counts no miss: neither one from before nor the question that was open', async () => {
    const stage = new HeartbeatStage(['is silent', 'is silent', 'is silent']);
    await stage.clock.advance(1_300);
    hold(stage);
    await stage.clock.advance(10_000);
    check(stage, 100);

    await stage.clock.advance(400);

    expect(stage.journal).toEqual([
      '1000 ping',
      '1200 missed 1',
      '1200 ping',
      '11400 ping',
      '11600 missed 1',
      '11600 ping',
      '11600 answered',
    ]);
    stage.stop();
  });

  it('asks once at its own delay afterwards, whatever was heard, then goes on as usual', async () => {
    const stage = new HeartbeatStage([]);
    hold(stage);
    await stage.clock.advance(10_000);
    check(stage, 1_700);
    stage.link.lastHeardAtMs = 10_000;

    await stage.clock.advance(3_000);

    expect(stage.journal).toEqual(['11700 ping', '12700 ping']);
    stage.stop();
  });

  it('asks sooner when a call waits, counted from the return of the world', async () => {
    const stage = new HeartbeatStage([]);
    stage.call();
    hold(stage);
    await stage.clock.advance(10_000);
    check(stage, 30_000);

    await stage.clock.advance(400);

    expect(stage.journal).toEqual(['10300 ping']);
    stage.stop();
  });

  it('says that a suspect answered when it does', async () => {
    const stage = new HeartbeatStage(['is silent', 'is silent']);
    await stage.clock.advance(1_250);
    hold(stage);
    await stage.clock.advance(10_000);
    check(stage, 0);

    await stage.clock.advance(10);

    expect(stage.journal.at(-1)).toBe('11250 answered');
    stage.stop();
  });

  it('asks nothing while the server waits for a person, and gives it a whole interval after that', async () => {
    const stage = new HeartbeatStage(['is silent', 'is silent', 'is silent', 'is silent']);
    stage.call();
    await stage.clock.advance(400);
    stage.isAwaited = true;
    await stage.clock.advance(60_000);
    const meanwhile = [...stage.journal];

    stage.isAwaited = false;
    await stage.clock.advance(2_000);

    expect(meanwhile).toEqual(['300 ping', '500 missed 1', '500 answered']);
    expect((await stage.ended).kind).toBe('unresponsive');
    const later = stage.journal.slice(meanwhile.length).map((line) => line.split(' ').slice(1).join(' '));
    expect(later).toEqual(['ping', 'missed 1', 'ping', 'missed 2', 'ping', 'missed 3', 'over by unresponsive']);
    expect(Number(stage.journal[meanwhile.length]?.split(' ')[0])).toBeGreaterThan(60_400);
  });
});
