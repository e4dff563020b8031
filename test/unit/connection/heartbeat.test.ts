import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { watchHeartbeat } from '../../../src/connection/heartbeat.ts';
import type { Fault } from '../../../src/fault.ts';
import { RequestError } from '../../../src/link/link.ts';
import { SimulatedClock } from '../../ground/simulated-clock.ts';

const PLAN = { intervalMs: 1_000, timeoutMs: 200, misses: 2, busyMisses: 4 };
const REFUSED: Fault = { kind: 'unreachable', errno: 'ECONNREFUSED' };

type Answer = 'answers' | 'is silent' | Fault;

/** A watch over a server whose answers are scripted; what happens is written down with its time. */
function watch(answers: readonly Answer[]) {
  const clock = new SimulatedClock();
  const script = [...answers];
  const journal: string[] = [];
  const controller = new AbortController();
  const note = (what: string) => journal.push(`${clock.now()} ${what}`);
  const link = {
    lastHeardAtMs: 0,
    pendingCount: 0,
    alive: (timeoutMs: number, signal?: AbortSignal) => {
      const answer = script.shift() ?? 'answers';
      note('asked');
      return new Promise<void>((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new RequestError({ kind: 'aborted' })), { once: true });
        if (answer === 'answers') {
          link.lastHeardAtMs = clock.monotonic();
          resolve();
        } else if (answer === 'is silent') {
          clock.setTimeout(() => reject(new RequestError({ kind: 'timed-out' })), timeoutMs);
        } else {
          reject(new RequestError({ kind: 'fault', fault: answer, outcome: 'unknown' }));
        }
      });
    },
  };
  const observer = { missed: (count: number) => note(`missed ${count}`), answered: () => note('answered') };
  const ended = watchHeartbeat(link, PLAN, clock, observer, controller.signal);
  ended.then(
    (fault) => note(`over by ${fault.kind}`),
    () => note('aborted'),
  );
  return { clock, journal, controller, link, ended };
}

describe('the heartbeat', () => {
  it('asks after the interval of silence, and again after each answer', async () => {
    const { clock, journal, controller } = watch([]);

    await clock.advance(2_500);

    expect(journal).toEqual(['1000 asked', '2000 asked']);
    controller.abort();
  });

  it('never asks a server that talks', async () => {
    const { clock, journal, controller, link } = watch([]);

    for (let time = 0; time < 10; time += 1) {
      await clock.advance(900);
      link.lastHeardAtMs = clock.now();
    }

    expect(journal).toEqual([]);
    controller.abort();
  });

  it('has more patience with a server that owes replies, because it may be deaf while it computes', async () => {
    const { clock, journal, link } = watch(['is silent', 'is silent', 'is silent', 'is silent']);
    link.pendingCount = 1;

    await clock.advance(1_800);

    expect(journal.filter((line) => !line.endsWith('asked'))).toEqual([
      '1200 missed 1',
      '1400 missed 2',
      '1600 missed 3',
      '1800 missed 4',
      '1800 over by unresponsive',
    ]);
  });

  it('is over after as many misses in a row as planned, and says how many', async () => {
    const { clock, journal, ended } = watch(['is silent', 'is silent']);

    await clock.advance(1_400);

    expect(journal).toEqual([
      '1000 asked',
      '1200 missed 1',
      '1200 asked',
      '1400 missed 2',
      '1400 over by unresponsive',
    ]);
    await expect(ended).resolves.toEqual({ kind: 'unresponsive', missed: 2 });
    expect(clock.pendingCount).toBe(0);
  });

  it('counts from the start again after an answer', async () => {
    const { clock, journal, controller } = watch(['is silent', 'answers', 'is silent', 'answers']);

    await clock.advance(3_000);

    expect(journal).toEqual([
      '1000 asked',
      '1200 missed 1',
      '1200 asked',
      '1200 answered',
      '2200 asked',
      '2400 missed 1',
      '2400 asked',
      '2400 answered',
    ]);
    controller.abort();
  });

  it('pauses between two questions that fail at once, and is over by their fault', async () => {
    const { clock, journal, ended } = watch([REFUSED, REFUSED]);

    await clock.advance(1_200);

    expect(journal).toEqual(['1000 asked', '1000 missed 1', '1200 asked', '1200 missed 2', '1200 over by unreachable']);
    await expect(ended).resolves.toEqual(REFUSED);
  });

  it.each([
    ['while it waits', 500],
    ['while it asks', 1_100],
  ])('ends when it is aborted %s, leaving no timer and no listener', async (_, atMs) => {
    const { clock, journal, controller, ended } = watch(['is silent']);
    await clock.advance(atMs);

    controller.abort();
    await clock.settle();

    await expect(ended).rejects.toBe(controller.signal.reason);
    expect(journal.at(-1)).toBe(`${atMs} aborted`);
    expect(getEventListeners(controller.signal, 'abort').length).toBeLessThanOrEqual(1);
  });

  it.each([-3_600_000, 3_600_000])('does not notice that the clock of the host was set by %d ms', async (byMs) => {
    const { clock, journal, controller } = watch([]);
    await clock.advance(500);

    clock.set(clock.now() + byMs);
    await clock.advance(1_500);

    expect(journal).toEqual([`${1_000 + byMs} asked`, `${2_000 + byMs} asked`]);
    controller.abort();
  });
});
