/** A server asks a person: the answer, the guard around whoever asks the person, and the deadlines meanwhile. */

import { expect } from 'vitest';
import type {
  ElicitationContext,
  ElicitationHandler,
  ElicitationRequest,
  SupervisorOptions,
} from '../../../src/index.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';
import { ONE, rejection, Stand } from '../stand.ts';
import type { Suite } from '../suite.ts';

const FORM = {
  message: 'Which city?',
  requestedSchema: { type: 'object', properties: { city: { type: 'string' } } },
};
const PAGE = { mode: 'url', message: 'Please sign in', elicitationId: 'e1', url: 'https://example.com/sign-in' };
const PARIS = { action: 'accept', content: { city: 'Paris' } } as const;

export const elicitationSuite: Suite = ({ transport, verifies }) => {
  verifies('call:elicitation:answered', async () => {
    const seen: ElicitationRequest[] = [];
    await using server = await transport.start();
    await using stand = asking(async (request, { server: name }) => {
      seen.push(request);
      return request.mode === 'url' ? { action: 'decline' } : { action: 'accept', content: { city: `${name}: Paris` } };
    });
    await stand.add(server);

    const [hello] = server.journal.entries({ kind: 'executed', method: 'initialize' });
    expect(hello?.capabilities).toEqual({ elicitation: { form: {}, url: {} } });
    expect(await ask(stand)).toEqual({ action: 'accept', content: { city: 'one: Paris' } });
    expect(await ask(stand, PAGE)).toEqual({ action: 'decline' });
    expect(seen).toMatchObject([FORM, PAGE]);
  });

  verifies('call:elicitation:guarded', async () => {
    const answers: (() => unknown)[] = [
      () => {
        throw new TypeError('a defect');
      },
      () => Promise.reject(new Error('a rejection')),
      () => undefined,
      () => ({ action: 'maybe' }),
      () => ({ action: 'accept', content: { city: { deep: true } } }),
    ];
    await using server = await transport.start();
    await using stand = asking((() => answers.shift()?.()) as ElicitationHandler);
    await stand.add(server);

    while (answers.length > 0) expect(await ask(stand)).toEqual({ action: 'cancel' });

    expect(stand.of('elicitation.failed').map(({ reason }) => reason)).toEqual([
      'threw',
      'threw',
      'invalid',
      'invalid',
      'invalid',
    ]);
    expect(stand.states().at(-1)).toBe('1 ready');
  });

  verifies('call:elicitation:bounded', async () => {
    const contexts: ElicitationContext[] = [];
    await using server = await transport.start();
    await using stand = asking(
      (_request, context) => {
        contexts.push(context);
        return new Promise(() => {});
      },
      { elicitationTimeoutMs: 200 },
    );
    await stand.add(server);

    expect(await ask(stand)).toEqual({ action: 'cancel' });

    expect(contexts[0]?.signal.aborted).toBe(true);
    expect(stand.of('elicitation.failed')).toMatchObject([{ server: ONE, epoch: 1, reason: 'timed-out' }]);
  });

  verifies('call:elicitation:aborted', async () => {
    let asked: (signal: AbortSignal) => void = () => {};
    const signalled = new Promise<AbortSignal>((resolve) => {
      asked = resolve;
    });
    await using server = await transport.start();
    await using stand = asking((_request, { signal }) => {
      asked(signal);
      return new Promise(() => {});
    });
    await stand.add(server);

    const lost = rejection(ask(stand));
    const signal = await signalled;
    expect(signal.aborted).toBe(false);
    await server.kill();
    await stand.reached('reconnecting');

    expect(signal.aborted).toBe(true);
    expect((await lost).error).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown' });
    expect(stand.of('elicitation.failed')).toEqual([]);
    await server.revive();
  });

  verifies('call:deadline:elicitation', async () => {
    const clock = new SimulatedClock();
    await using server = await transport.start();
    await using stand = asking(
      async () => {
        await clock.advance(2_500);
        return PARIS;
      },
      { clock },
    );
    await stand.add(server);
    let isBesideOver = false;
    const beside = rejection(stand.mcp.callTool(ONE, 'wait', {}, { timeoutMs: 2_000 })).finally(() => {
      isBesideOver = true;
    });

    const { content } = await stand.mcp.callTool(ONE, 'ask', ELICIT, { timeoutMs: 2_000 });

    expect(JSON.parse((content[0] as { text: string }).text)).toMatchObject({ result: PARIS });
    // The call beside it has all that was left when the person was asked.
    await clock.advance(1_999);
    expect(isBesideOver).toBe(false);
    await clock.advance(1);
    expect((await beside).error).toMatchObject({ code: 'CALL_TIMEOUT', outcome: 'unknown' });
    await server.journal.waitFor({ kind: 'cancelled' });
  });

  verifies('call:idle:silent', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    const { error, elapsedMs } = await rejection(
      stand.mcp.callTool(ONE, 'wait', {}, { idleTimeoutMs: 300, timeoutMs: 20_000 }),
    );

    expect(error).toMatchObject({ code: 'CALL_TIMEOUT', outcome: 'unknown', attempts: 1 });
    expect(error.message).toContain('300 ms');
    expect(elapsedMs).toBeLessThan(5_000);
    await server.journal.waitFor({ kind: 'cancelled' });
  });

  verifies('call:idle:progress', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    const { content } = await stand.mcp.callTool(
      ONE,
      'progress',
      { steps: 6, ms: 250 },
      { idleTimeoutMs: 1_000, timeoutMs: 20_000 },
    );

    expect(content).toMatchObject([{ text: '6 steps' }]);
  });
};

const ELICIT = { method: 'elicitation/create', params: FORM };

function asking(elicitation: ElicitationHandler, options: SupervisorOptions = {}): Stand {
  return new Stand({ handlers: { elicitation }, elicitationTimeoutMs: 30_000, ...options });
}

/** What the server is answered when it asks a person. */
async function ask(stand: Stand, params: unknown = FORM): Promise<unknown> {
  const answer = JSON.parse(await stand.text('ask', { ...ELICIT, params })) as { result?: unknown };
  return answer.result ?? answer;
}
