/** What a host sends along arrives, in both eras and on every transport. */

import { describe, expect, it } from 'vitest';
import { ONE, rejection, Stand } from '../contract/stand.ts';
import { TRANSPORTS } from '../contract/transport-under-test.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

const URI = 'file:///notes';
const TRACE = {
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01',
  tracestate: 'vendor=a',
  baggage: 'user=ada',
};
const OWN = { 'com.example/tenant': { id: 7 } };

describe.each([
  ['initialize', 'stdio'],
  ['initialize', 'sse'],
  ['initialize', 'streamable_http'],
  ['discover', 'stdio'],
  ['discover', 'streamable_http'],
] as const)('in the era %s over %s', (era, kind) => {
  it('a call carries what its caller gives beside the token of its progress and the trace context of the host', async () => {
    const asked: unknown[] = [];
    await using server = await TRANSPORTS[kind].start({ era });
    await using stand = new Stand({
      traceContext: (about) => {
        asked.push(about);
        return TRACE;
      },
    });
    await stand.add(server, { protocol: era });
    const steps: number[] = [];

    const options = { meta: OWN, onProgress: ({ progress }: { progress: number }) => void steps.push(progress) };
    await stand.mcp.callTool(ONE, 'progress', { steps: 2, ms: 5 }, options);

    const [call] = server.journal.entries({ kind: 'executed', name: 'progress' });
    expect(call?.meta).toMatchObject({ ...TRACE, ...OWN, progressToken: expect.anything() });
    expect(steps).toEqual([1, 2]);
    expect(asked).toEqual([{ server: ONE, method: 'tools/call' }]);
  });

  it('a reading and a subscription carry the trace context, and what nobody asked for carries none', async () => {
    await using server = await TRANSPORTS[kind].start({ era, resources: { [URI]: 'text' } });
    await using stand = new Stand({ traceContext: () => TRACE });
    await stand.add(server, { protocol: era });

    await stand.mcp.subscribeResource(ONE, URI);
    await stand.mcp.readResource(ONE, URI);

    const traced = server.journal
      .entries({ kind: 'executed' })
      .filter(({ meta }) => meta?.['traceparent'] === TRACE.traceparent)
      .map(({ method }) => method);
    // In the later era a subscription is one stream for all that is subscribed to.
    expect(traced).toEqual([...(era === 'initialize' ? ['resources/subscribe'] : []), 'resources/read']);
  });

  it('a call that may not be sent as it is rejects, and nothing was sent', async () => {
    await using server = await TRANSPORTS[kind].start({ era });
    await using stand = new Stand();
    await stand.add(server, { protocol: era });

    const { error } = await rejection(stand.mcp.callTool(ONE, 'echo', {}, { meta: { progressToken: 1 } }));

    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain('options.meta["progressToken"]');
    expect(server.journal.executions('tools/call')).toBe(0);
  });

  it('a call without any of it carries no more than it did', async () => {
    await using server = await TRANSPORTS[kind].start({ era });
    await using stand = new Stand();
    await stand.add(server, { protocol: era });

    await stand.text('echo', { text: 'x' });

    const [call] = server.journal.entries({ kind: 'executed', name: 'echo' });
    const keys = Object.keys(call?.meta ?? {});
    expect(keys.filter((key) => !key.startsWith('io.modelcontextprotocol/'))).toEqual([]);
    if (era === 'initialize') expect(call?.meta).toBeUndefined();
  });
});
