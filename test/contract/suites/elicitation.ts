/** A server asks a person: the answer, the guard around whoever asks the person, and the deadlines meanwhile. */

import { inspect } from 'node:util';
import { expect } from 'vitest';
import type {
  ElicitationContext,
  ElicitationHandler,
  ElicitationRequest,
  SupervisorOptions,
} from '../../../src/index.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';
import { expectLostQuestion } from '../lost-question.ts';
import { ONE, rejection, Stand } from '../stand.ts';
import type { Suite } from '../suite.ts';
import type { ServerUnderTest } from '../transport-under-test.ts';

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
    await expectLostQuestion(transport, (handler) => asking(handler), ask);
  });

  verifies('call:elicitation:form', async () => {
    const contents: Record<string, string | number>[] = [
      {},
      { city: '' },
      { city: 'Paris', year: 1.5 },
      { city: 'Paris', year: 1 },
    ];
    await using server = await transport.start();
    await using stand = asking(() => ({ action: 'accept', content: contents.shift() ?? {} }));
    await stand.add(server);
    const properties = {
      city: { type: 'string', minLength: 1 },
      year: { type: 'integer' },
      day: { type: 'string', default: 'Monday' },
    };
    const form = { ...FORM, requestedSchema: { type: 'object', properties, required: ['city'] } };

    for (let count = 0; count < 3; count += 1) expect(await ask(stand, form)).toEqual({ action: 'cancel' });
    expect(await ask(stand, form)).toEqual({ action: 'accept', content: { city: 'Paris', year: 1, day: 'Monday' } });

    expect(stand.of('elicitation.failed').map(({ reason }) => reason)).toEqual(['invalid', 'invalid', 'invalid']);
  });

  verifies('call:elicitation:checked', async () => {
    let count = 0;
    await using server = await transport.start();
    await using stand = asking(() => {
      count += 1;
      return { action: 'decline' };
    });
    await stand.add(server);
    const form = (properties: unknown) => ({ ...FORM, requestedSchema: { type: 'object', properties } });
    const fields = Array.from({ length: 20_000 }, (_, index) => [`f${index}`, { type: 'object' }]);
    const wrong = [
      {},
      { ...FORM, message: 7 },
      form({ city: { type: 'object', properties: {} } }),
      form(Object.fromEntries(fields)),
      { ...PAGE, url: 'no url' },
      { ...PAGE, url: 'file:///etc/passwd' },
      { ...PAGE, mode: 'voice' },
    ];

    for (const params of wrong) {
      const { error } = (await ask(stand, params)) as { error: { code: number; message: string } };
      expect(error.code).toBe(-32_602);
      expect(error.message.length).toBeLessThan(100);
    }

    expect([count, stand.of('elicitation.failed')]).toEqual([0, []]);
    expect(stand.states().at(-1)).toBe('1 ready');
  });

  verifies('call:elicitation:page', async () => {
    const actions = ['accept', 'decline'] as const;
    let count = 0;
    await using server = await transport.start();
    await using stand = asking(() => {
      count += 1;
      return { action: actions[count - 1] ?? 'cancel' };
    });
    await stand.add(server);
    expect(await ask(stand, PAGE)).toEqual({ action: 'accept' });
    expect(await ask(stand, { ...PAGE, elicitationId: 'declined' })).toEqual({ action: 'decline' });

    for (const id of ['unknown', 'declined', 'e1', 'e1']) await completed(server, id);
    await server.control({ do: 'grow-tools' });

    await stand.told((event) => event.type === 'catalog.changed' && event.added.includes('grown-1'));
    expect(stand.of('elicitation.completed')).toMatchObject([{ server: ONE, epoch: 1, elicitationId: 'e1' }]);
  });

  verifies('call:elicitation:required', async () => {
    const elicitations = [PAGE, { ...PAGE, elicitationId: 'e2', url: 'javascript:alert(1)' }, 7];
    await using server = await transport.start();
    await using stand = asking(() => ({ action: 'cancel' }));
    await stand.add(server);
    const refusal = { do: 'error', code: -32_042, message: 'first sign in', data: { elicitations } } as const;
    await server.control({ set: { faults: [{ on: 'tools/call:echo', ...refusal }] } });

    const { error } = await rejection(stand.mcp.callTool(ONE, 'echo', { text: 'x' }));

    expect(error).toMatchObject({ code: 'ELICITATION_REQUIRED', outcome: 'failed-by-server', rpcCode: -32_042 });
    const { url, message, elicitationId } = PAGE;
    expect(error.elicitations).toEqual([{ url, message, elicitationId }]);
    expect(`${inspect(error)}${JSON.stringify(error)}`).not.toContain(url);
    await completed(server, elicitationId);
    await stand.told((event) => event.type === 'elicitation.completed' && event.elicitationId === elicitationId);
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

/** The server says that a person is done with a page. */
async function completed(server: ServerUnderTest, elicitationId: string): Promise<void> {
  await server.control({ do: 'notify', method: 'notifications/elicitation/complete', params: { elicitationId } });
}

/** What the server is answered when it asks a person. */
async function ask(stand: Stand, params: unknown = FORM): Promise<unknown> {
  const answer = JSON.parse(await stand.text('ask', { ...ELICIT, params })) as { result?: unknown };
  return answer.result ?? answer;
}
