/**
 * Calls of an agent as parts of a distributed trace: each request says which span made it, so that a server which traces
 * too can go on with it. Asserts what arrives at the server, in both eras; exits non-zero otherwise.
 */

import assert from 'node:assert/strict';
import { McpSupervisor } from 'mcp-supervisor';
import { startScripted } from 'mcp-supervisor/testing';
import { activeSpan, inSpan, spans } from './spans.ts';

// #region supervisor
await using mcp = new McpSupervisor({
  traceContext: () => {
    const span = activeSpan();
    return span && { traceparent: `00-${span.traceId}-${span.spanId}-01`, baggage: `agent=${span.agent}` };
  },
});
// #endregion

for (const era of ['initialize', 'discover'] as const) {
  await using server = await startScripted('streamable_http', { era });
  await mcp.addServer({ name: era, protocol: era, ...server.config });

  // #region call
  await inSpan('plan', async () => {
    await Promise.all([
      inSpan('first', () => mcp.callTool(era, 'echo', { text: 'first' })),
      inSpan('second', () => mcp.callTool(era, 'echo', { text: 'second' }, { meta: { 'com.example/tenant': 'acme' } })),
    ]);
  });
  await mcp.callTool(era, 'echo', { text: 'outside of any span' });
  // #endregion

  const arrived = server.journal.entries({ kind: 'executed', name: 'echo' }).map(({ arguments: said, meta }) => ({
    text: said?.['text'],
    traceparent: meta?.['traceparent'],
    tenant: meta?.['com.example/tenant'],
  }));
  const { traceId = '' } = spans().find(({ name }) => name === 'plan') ?? {};
  const traceparentOf = (name: string) => `00-${traceId}-${spans().find((span) => span.name === name)?.spanId}-01`;
  const byText = new Map(arrived.map((entry) => [entry.text, entry]));

  assert.equal(byText.get('first')?.traceparent, traceparentOf('first'), 'the first call says who made it');
  assert.equal(byText.get('second')?.traceparent, traceparentOf('second'), 'the second says it too, beside the first');
  assert.equal(byText.get('second')?.tenant, 'acme', 'what the caller gives is sent along');
  assert.equal(byText.get('outside of any span')?.traceparent, undefined, 'a call outside of any span says nothing');
  spans().length = 0;
  await mcp.removeServer(era);
  console.log(`${era}: ${arrived.length} calls arrived, two of them as parts of one trace.`);
}
