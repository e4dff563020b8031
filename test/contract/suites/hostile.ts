/** Whatever a server sends costs at worst its own epoch, by a typed fault; memory stays bounded, others do not notice. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';
import type { TransportKind } from '../../../src/index.ts';
import { GARBAGE, written } from '../../ground/garbage.ts';
import { expectCleanEpochs } from '../evidence.ts';
import { ONE, rejection, Stand } from '../stand.ts';
import type { Suite } from '../suite.ts';

const SIBLING = 'sibling';
const LIMIT_BYTES = 1024 * 1024;
/** What this process may hold more while a message far above its limit arrives. */
const BOUND_BYTES = 40 * 1024 * 1024;
/** The same while a message never ends; what is dropped is not collected at once. */
const ENDLESS_BOUND_BYTES = 128 * 1024 * 1024;

const READY = ['1 connecting', '1 initializing', '1 ready'];

export const hostileSuite: Suite = ({ transport, verifies }) => {
  verifies('hostile:garbage:survived', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);
    if (transport.kind === 'streamable_http') await server.journal.waitFor({ kind: 'request', verb: 'GET' });

    for (const text of garbageOn(transport.kind)) await server.control({ do: 'raw', text });

    expect(await stand.text('echo', { text: 'unharmed' })).toBe('unharmed');
    await server.control({ do: 'grow-tools' });
    await stand.told((event) => event.type === 'catalog.changed' && event.added.includes('grown-1'));
    expect(stand.states()).toEqual(READY);
  });

  verifies('hostile:id:unknown', async () => {
    const fault = { on: 'tools/call:echo', do: 'wrong-id', times: 1 } as const;
    await using server = await transport.start({ faults: [fault] });
    await using stand = new Stand();
    await stand.add(server);

    const other = stand.text('wait');
    const { error } = await rejection(stand.mcp.callTool(ONE, 'echo', { text: 'lost' }, { timeoutMs: 300 }));

    const isStreamable = transport.kind === 'streamable_http';
    expect(error).toMatchObject({ code: isStreamable ? 'CONNECTION_LOST' : 'CALL_TIMEOUT', outcome: 'unknown' });
    await server.control({ do: 'release' });
    expect(await other).toBe('released');
    expect(await stand.text('echo', { text: 'found' })).toBe('found');
    expect(stand.states()).toEqual(READY);
  });

  verifies('hostile:result:shape', async () => {
    const on = { on: 'tools/call:echo', times: 1, do: 'result' } as const;
    await using server = await transport.start({
      faults: [
        { ...on, result: { content: 'no list' } },
        { ...on, result: { content: [{ type: 'text', text: 7 }] } },
      ],
    });
    await using stand = new Stand();
    await stand.add(server);

    for (const _ of [1, 2]) {
      const { error } = await rejection(stand.mcp.callTool(ONE, 'echo', { text: 'bent' }, { timeoutMs: 2_000 }));
      expect(error).toMatchObject({ code: 'REPLY_INVALID', outcome: 'unknown', attempts: 1 });
    }

    expect(await stand.text('echo', { text: 'straight' })).toBe('straight');
    expect(stand.states()).toEqual(READY);
  });

  verifies('hostile:message:huge', async () => {
    await using server = await transport.start({ faults: [{ on: 'tools/call:echo', do: 'huge', megabytes: 50 }] });
    await using sibling = await transport.start();
    await using stand = new Stand();
    await stand.add(sibling, {}, SIBLING);
    await stand.add(server, { limits: { maxMessageBytes: LIMIT_BYTES }, stdinGraceMs: 100, termGraceMs: 100 });

    const memory = watchMemory();
    const call = rejection(stand.mcp.callTool(ONE, 'echo', { text: 'big' }, { timeoutMs: 8_000 }));
    await expectSiblingServes(stand);
    const { error } = await call;

    expect(error).toMatchObject({ outcome: 'unknown', fault: { kind: 'message-too-large', limitBytes: LIMIT_BYTES } });
    expect(error.code).toBe('REPLY_INVALID');
    expect(memory.stop()).toBeLessThan(BOUND_BYTES);
    expect(await stand.text('add', { a: 1, b: 1 })).toBe('2');
    expect(stand.states(SIBLING)).toEqual(READY);
    expectCleanEpochs(server);
  });

  verifies('hostile:stream:endless', async () => {
    await using server = await transport.pouring();
    await using sibling = await transport.start();
    await using stand = new Stand();
    await stand.add(sibling, {}, SIBLING);

    const memory = watchMemory();
    await stand.begin(server, { limits: { maxMessageBytes: LIMIT_BYTES } });
    await expectSiblingServes(stand);
    const { cause } = await stand.reached('reconnecting', 2);

    expect(cause).toEqual({ kind: 'message-too-large', limitBytes: LIMIT_BYTES });
    expect(memory.stop()).toBeLessThan(ENDLESS_BOUND_BYTES);
    await expectSiblingServes(stand);
  });

  verifies('hostile:pages:endless', async () => {
    await using server = await transport.start({ endlessPages: true });
    await using sibling = await transport.start();
    await using stand = new Stand();
    await stand.add(sibling, {}, SIBLING);

    await stand.begin(server);
    await expectSiblingServes(stand);
    const { cause } = await stand.reached('reconnecting');

    expect(cause).toEqual({ kind: 'flooded', what: 'pages of tools' });
    expect(server.journal.entries({ kind: 'message', method: 'tools/list', life: 1 }).length).toBeLessThanOrEqual(200);
  });

  verifies('hostile:list:shape', async () => {
    const fault = transport.once({ on: 'tools/list', do: 'result', result: { tools: 'no list' } });
    await using server = await transport.start({ faults: [fault] });
    await using stand = new Stand();

    await stand.add(server);

    const { cause } = await stand.reached('reconnecting');
    expect(cause).toMatchObject({ kind: 'malformed-message' });
    expect(stand.states()).toEqual([
      ...READY.slice(0, 2),
      '1 reconnecting: malformed-message',
      ...READY.map((line) => line.replace('1', '2')),
    ]);
  });

  verifies('hostile:tool:shape', async () => {
    const tools = [{ name: 7 }, { name: 'kept', inputSchema: { type: 'object' } }, null];
    const fault = transport.once({ on: 'tools/list', do: 'result', result: { tools } });
    await using server = await transport.start({ faults: [fault] });
    await using stand = new Stand();

    const info = await stand.add(server);

    expect(info.tools.map(({ name }) => name)).toEqual(['kept']);
    const told = await stand.told((event) => event.type === 'entries.rejected');
    expect(told).toMatchObject({ count: 2, rejected: [{ reason: 'invalid' }, { reason: 'invalid' }] });
    expect(stand.states()).toEqual(READY);
  });

  verifies('hostile:notification:flood', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);
    if (transport.kind === 'streamable_http') await server.journal.waitFor({ kind: 'request', verb: 'GET' });

    await server.control({ do: 'notify', method: 'notifications/tools/list_changed', times: 2_000 });
    await server.control({ do: 'grow-tools' });
    await stand.told((event) => event.type === 'catalog.changed' && event.added.includes('grown-1'));

    expect(await stand.text('echo', { text: 'unharmed' })).toBe('unharmed');
    expect(server.journal.executions('tools/list')).toBeLessThan(20);
    expect(stand.states()).toEqual(READY);
  });

  verifies('hostile:content-type:wrong', async () => {
    const on = transport.kind === 'sse' ? 'GET' : 'initialize';
    const page = { do: 'body', contentType: 'text/html', text: '<html>welcome</html>', times: 1 } as const;
    await using server = await transport.start({
      faults: [
        { on, ...page },
        { on: 'tools/call:echo', ...page },
      ],
    });
    await using stand = new Stand();

    await stand.add(server);
    expect((await stand.reached('reconnecting')).cause).toMatchObject({ kind: 'malformed-message' });

    const call = rejection(stand.mcp.callTool(ONE, 'echo', { text: 'lost' }, { timeoutMs: 400 }));
    // Over HTTP+SSE the answer to a POST says nothing: only the stream does.
    const code = transport.kind === 'sse' ? 'CALL_TIMEOUT' : 'REPLY_INVALID';
    expect((await call).error).toMatchObject({ code, outcome: 'unknown' });
    expect(await stand.text('echo', { text: 'found' })).toBe('found');
    expect(stand.states().at(-1)).toBe('2 ready');
  });

  async function expectSiblingServes(stand: Stand): Promise<void> {
    for (const b of [1, 2, 3, 4, 5]) expect(await stand.text('add', { a: 1, b }, SIBLING)).toBe(String(1 + b));
  }
};

/** Each piece of garbage where a message is expected, and what is not even framed as one. */
function garbageOn(kind: TransportKind): string[] {
  const own =
    kind === 'stdio'
      ? ['\n\r\n\n']
      : [': a comment\n\n', 'event: unheard-of\ndata: {}\n\n', 'data\nid\nevent\n\n', 'no field at all\n\n'];
  return [...GARBAGE.map((text) => written(kind, text)), ...own];
}

/** Watch what this process holds; tells how far it grew at most, what is only waiting to be collected left out. */
function watchMemory(): { stop(): number } {
  const buffers = () => process.memoryUsage().external;
  const before = { buffers: buffers(), heap: liveHeap() };
  let most = before.buffers;
  const timer = setInterval(() => {
    most = Math.max(most, buffers());
  }, 5);
  return {
    stop: () => {
      clearInterval(timer);
      return Math.max(most, buffers()) - before.buffers + Math.max(0, liveHeap() - before.heap);
    },
  };
}

function liveHeap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
