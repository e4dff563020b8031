import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { Elicitation, type ElicitationFailed, type ElicitationHandler } from '../../../src/asking/elicitation.ts';
import { ServerQuestions } from '../../../src/asking/server-questions.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';

const FORM = { message: 'city?', requestedSchema: { type: 'object' as const, properties: {} } };
let clock = new SimulatedClock();
let questions = new ServerQuestions(clock);
let failed: ElicitationFailed[] = [];

function asking(handler: unknown, timeoutMs = 1_000) {
  const elicitation = new Elicitation({
    clock,
    handler: handler as ElicitationHandler,
    timeoutMs,
    failed: (event) => failed.push(event),
  });
  const asker = {
    server: 'files',
    epoch: 3,
    questions,
    limits: { maxElicitations: 2, maxElicitationsPerMinute: 5, maxEntryDepth: 8 },
  };
  return (signal = new AbortController().signal) => elicitation.ask(asker, FORM, signal);
}

afterEach(() => {
  expect([questions.standstill.isOn, clock.pendingCount]).toEqual([false, 0]);
  clock = new SimulatedClock();
  questions = new ServerQuestions(clock);
  failed = [];
});

const CANCEL = { action: 'cancel' };

describe('asking a person', () => {
  it.each([
    [{ action: 'accept', content: { city: 'Paris', sure: true, tags: ['a'] }, _meta: {} }, ['action', 'content']],
    [{ action: 'decline', content: { city: 'Paris' } }, ['action']],
    [CANCEL, ['action']],
  ])('passes of %j on what belongs to it', async (answer, fields) => {
    const expected = Object.fromEntries(Object.entries(answer).filter(([field]) => fields.includes(field)));

    expect(await asking(() => answer)()).toEqual(expected);
    expect(failed).toEqual([]);
  });

  it('takes a form without content for one that was left as it was', async () => {
    expect(await asking(() => ({ action: 'accept' }))()).toEqual({ action: 'accept', content: {} });
  });

  it.each([
    ['threw', () => Promise.reject(new TypeError('x'))],
    ['invalid', () => null],
    ['invalid', () => ({ action: 'maybe' })],
    ['invalid', () => ({ action: 'accept', content: [] })],
    ['invalid', () => ({ action: 'accept', content: { deep: { er: 1 } } })],
    [
      'threw',
      () => ({
        get action() {
          throw new Error('a getter');
        },
      }),
    ],
  ])('answers cancel, and tells that it %s', async (reason, handler) => {
    expect(await asking(handler)()).toEqual(CANCEL);
    expect(failed).toEqual([{ type: 'elicitation.failed', server: 'files', epoch: 3, atMs: 0, reason }]);
  });

  it('answers cancel when it takes too long, and aborts whoever asks', async () => {
    let heard: AbortSignal | undefined;
    const answer = asking((_request: unknown, { signal }: { signal: AbortSignal }) => {
      heard = signal;
      return new Promise(() => {});
    })();
    expect(questions.standstill.isOn).toBe(true);
    await clock.advance(999);
    expect([failed.length, heard?.aborted]).toEqual([0, false]);
    await clock.advance(1);
    expect(await answer).toEqual(CANCEL);
    expect([failed[0]?.reason, heard?.aborted]).toEqual(['timed-out', true]);
  });

  it('is over when nobody waits for the answer any more, which is no failure', async () => {
    let heard: AbortSignal | undefined;
    const controller = new AbortController();
    const answer = asking((_request: unknown, { signal }: { signal: AbortSignal }) => {
      heard = signal;
      return new Promise(() => {});
    })(controller.signal);
    controller.abort();
    expect(await answer).toEqual(CANCEL);
    expect([failed, heard?.aborted]).toEqual([[], true]);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('asks no more than so often in a minute, and tells it once', async () => {
    const ask = asking(() => ({ action: 'decline' }));
    const answers = [];
    for (let count = 0; count < 7; count += 1) answers.push((await ask()).action);
    expect(answers).toEqual(['decline', 'decline', 'decline', 'decline', 'decline', 'cancel', 'cancel']);
    expect(failed.map(({ reason }) => reason)).toEqual(['flooded']);
    await clock.advance(60_000);
    expect((await ask()).action).toBe('decline');
  });

  it('keeps no more questions waiting than allowed, and tells it once', async () => {
    const answers: ((answer: unknown) => void)[] = [];
    const ask = asking(() => new Promise((resolve) => answers.push(resolve)));
    const waiting = [ask(), ask()];
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([CANCEL, CANCEL, CANCEL]);
    expect([answers.length, failed.map(({ reason }) => reason)]).toEqual([2, ['flooded']]);
    for (const answer of answers) answer({ action: 'decline' });
    expect(await Promise.all(waiting)).toEqual([{ action: 'decline' }, { action: 'decline' }]);
  });
});
