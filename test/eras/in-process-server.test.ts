/** Servers of the official SDKs in this process, through the public surface: both eras, their ends, and what a host gets wrong. */

import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { McpServer as LaterServer, InMemoryTransport as LaterTransport } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ConnectContext, ConnectFunction, InProcessTransport } from '../../src/index.ts';
import { named, ONE, rejection, Stand } from '../contract/stand.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

const add = { a: z.number(), b: z.number() };
const sum = ({ a, b }: { a: number; b: number }) => ({ content: [{ type: 'text' as const, text: String(a + b) }] });

/** A server of the v1 line behind a new pair of transports each time; the ends of the servers, in order. */
function earlier() {
  const ends: InMemoryTransport[] = [];
  const calls: string[] = [];
  const connect: ConnectFunction = async ({ server: name }) => {
    const server = new McpServer({ name, version: '1.0.0' });
    server.registerTool('add', { inputSchema: add }, sum);
    server.registerTool('wait', {}, ({ signal }) => {
      calls.push('wait');
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve({ content: [] })));
    });
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    ends.push(theirs);
    await server.connect(theirs);
    return ours;
  };
  return { config: { transport: 'in_process' as const, connect }, ends, calls };
}

/** One of the v2 line, which speaks both eras. */
function later() {
  const ends: LaterTransport[] = [];
  const connect: ConnectFunction = () => {
    const [ours, theirs] = LaterTransport.createLinkedPair();
    ends.push(theirs);
    serveStdio(
      () => {
        const server = new LaterServer({ name: 'later', version: '2.0.0' });
        server.registerTool('add', { inputSchema: z.object(add) }, sum);
        return server;
      },
      { transport: theirs },
    );
    return ours;
  };
  return { config: { transport: 'in_process' as const, connect }, ends };
}

/** The end of a v1 server, changed on the way. */
function altered(alter: (ours: InProcessTransport, life: number) => void) {
  const server = earlier();
  let life = 0;
  const connect: ConnectFunction = async (context) => {
    const ours = await server.config.connect(context);
    life += 1;
    alter(ours, life);
    return ours;
  };
  return { ...server, config: { transport: 'in_process' as const, connect } };
}

const AUTO = { protocol: 'auto' } as const;

describe.each([
  ['v1', 'auto', 'initialize', earlier],
  ['v1', 'initialize', 'initialize', earlier],
  ['v2', 'auto', 'discover', later],
  ['v2', 'discover', 'discover', later],
  ['v2', 'initialize', 'initialize', later],
] as const)('a server of the %s line, spoken to by %s', (_line, protocol, era, make) => {
  it('is called, closes its end, and comes back by another transport', async () => {
    const server = make();
    await using stand = new Stand();

    const info = await stand.add(server, { protocol });
    expect(info).toMatchObject({ era, transport: 'in_process', endpoint: 'this process' });
    expect(await stand.text('add', { a: 1, b: 2 })).toBe('3');

    await server.ends[0]?.close();
    await stand.reached('ready', 2);

    expect(await stand.text('add', { a: 2, b: 2 })).toBe('4');
    expect(server.ends).toHaveLength(2);
    const life = ['connecting', 'initializing', 'ready'];
    expect(stand.lives()).toEqual([...life, 'reconnecting: stream-ended', ...life]);
    expect(stand.mcp.explain(ONE)?.text).toContain('the stream of messages ended');
  });
});

describe('a server in this process', () => {
  it('is asked once for its era, and again where the function or the name is another', async () => {
    const server = earlier();
    const asked: string[] = [];
    const connect: ConnectFunction = async (context) => {
      const ours = await server.config.connect(context);
      const send = ours.send.bind(ours);
      ours.send = (message) => {
        if ('method' in message && message.method === 'server/discover') asked.push(context.server);
        return send(message);
      };
      return ours;
    };
    const config = { transport: 'in_process', connect } as const;
    await using stand = new Stand();

    await stand.add({ config }, AUTO);
    await server.ends[0]?.close();
    await stand.reached('ready', 2);
    expect(asked).toEqual([ONE]);

    await stand.mcp.replaceServer({ ...config, ...AUTO, name: ONE });
    await stand.add({ config }, AUTO, 'two');
    expect(asked).toEqual([ONE, 'two']);

    await stand.mcp.replaceServer({
      ...config,
      ...AUTO,
      name: ONE,
      connect: (context: ConnectContext) => connect(context),
    });
    expect(asked).toEqual([ONE, 'two', ONE]);
  });

  it('that goes away over the question of its era is connected to again, in the same epoch', async () => {
    const server = altered((ours, life) => {
      if (life > 1) return;
      ours.send = () => ours.close();
    });
    await using stand = new Stand();

    const info = await stand.add(server, AUTO);

    expect([info.era, info.epoch, server.ends.length]).toEqual(['initialize', 1, 2]);
  });

  it('is replaced without a gap: the one before is closed when the next one serves', async () => {
    const [before, after] = [earlier(), earlier()];
    await using stand = new Stand();
    await stand.add(before);
    const closed = new Promise<void>((resolve) => {
      const [end] = before.ends;
      if (end !== undefined) end.onclose = resolve;
    });

    await stand.mcp.replaceServer(named(after.config, ONE));
    await closed;

    expect(await stand.text('add', { a: 1, b: 1 })).toBe('2');
    expect([before.ends.length, after.ends.length]).toEqual([1, 1]);
    expect(stand.states().at(-1)).toBe('1 ready');
  });

  it('fails the call under way when its end is closed, outcome unknown, and never repeats it', async () => {
    const server = earlier();
    await using stand = new Stand();
    await stand.add(server);
    const call = rejection(stand.mcp.callTool(ONE, 'wait'));
    await expect.poll(() => server.calls).toEqual(['wait']);

    await server.ends[0]?.close();

    const { error } = await call;
    expect(error).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown', fault: { kind: 'stream-ended' } });
    await stand.reached('ready', 2);
    expect(server.calls).toEqual(['wait']);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('secret'))],
    [
      'throws',
      () => {
        throw new Error('secret');
      },
    ],
  ])('whose transport %s over one message fails that call alone, outcome unknown', async (_, refuse) => {
    const server = altered((ours) => {
      const send = ours.send.bind(ours);
      ours.send = (message) => (isCall(message, 'wait') ? refuse() : send(message));
    });
    await using stand = new Stand();
    await stand.add(server);

    const { error } = await rejection(stand.mcp.callTool(ONE, 'wait'));

    const fault = { kind: 'unreachable', errno: 'UNKNOWN' };
    expect(error).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown', attempts: 1, fault });
    expect(error.message).not.toContain('secret');
    expect(await stand.text('add', { a: 1, b: 2 })).toBe('3');
    expect(stand.states().at(-1)).toBe('1 ready');
  });

  it('whose transport carries nothing any more, and does not say so, is given up', async () => {
    let isBroken = false;
    const server = altered((ours, life) => {
      const send = ours.send.bind(ours);
      ours.send = (message) => (isBroken && life === 1 ? Promise.reject(new Error('gone')) : send(message));
    });
    await using stand = new Stand();
    await stand.add(server);
    isBroken = true;

    await rejection(stand.mcp.callTool(ONE, 'add', { a: 1, b: 2 }));
    await stand.reached('ready', 2);

    expect(stand.lives()).toContain('reconnecting: unreachable');
    expect(await stand.text('add', { a: 1, b: 2 })).toBe('3');
  });

  it('that hands over one thing while it changes another is answered in bounded time', async () => {
    const server = altered((ours) => {
      const read = () => ours.onmessage;
      const send = ours.send.bind(ours);
      ours.send = (message) => {
        if (!isCall(message, 'wait')) return send(message);
        const reply = { jsonrpc: '2.0', id: (message as { id: number }).id, result: { content: [] as unknown[] } };
        // What is no reply is read a turn later, and so is the reply behind it: by then it is none any more.
        read()?.({ jsonrpc: '2.0', method: 'notifications/unheard-of' });
        read()?.(reply as JSONRPCMessage);
        Reflect.deleteProperty(reply, 'result');
      };
    });
    await using stand = new Stand();
    await stand.add(server);

    const { error } = await rejection(stand.mcp.callTool(ONE, 'wait', {}, { timeoutMs: 500 }));

    expect(['REPLY_INVALID', 'CALL_TIMEOUT']).toContain(error.code);
    expect(await stand.text('add', { a: 1, b: 2 })).toBe('3');
    expect(stand.states().at(-1)).toBe('1 ready');
  });

  it('whose reply holds what JSON has not fails that call at once, and says so', async () => {
    const server = altered((ours) => {
      const send = ours.send.bind(ours);
      ours.send = (message) => {
        if (!isCall(message, 'wait')) return send(message);
        const { id } = message as { id: number };
        ours.onmessage?.({ jsonrpc: '2.0', id, result: { content: [], structuredContent: { total: 1n } } });
      };
    });
    await using stand = new Stand();
    await stand.add(server);

    const { error } = await rejection(stand.mcp.callTool(ONE, 'wait'));

    const fault = { kind: 'malformed-message', detail: 'the reply holds what JSON has not' };
    expect(error).toMatchObject({ code: 'REPLY_INVALID', outcome: 'unknown', fault });
    expect(await stand.text('add', { a: 1, b: 2 })).toBe('3');
    expect(stand.states().at(-1)).toBe('1 ready');
  });

  it.each([
    ['v1', earlier],
    ['v2', later],
  ] as const)('of the %s line is given messages that nobody changes any more, and gives such', async (_, make) => {
    const { connect } = make().config;
    const config = {
      transport: 'in_process',
      connect: async (context: ConnectContext) => frozenBothWays(await connect(context)),
    } as const;
    await using stand = new Stand();

    await stand.add({ config }, AUTO);
    await stand.mcp.callTool(ONE, 'add', { a: 1, b: 2 }, { onProgress: () => {}, meta: { tenant: 'acme' } });

    expect(await stand.text('add', { a: 1, b: 2 })).toBe('3');
    expect(stand.lives()).toEqual(['connecting', 'initializing', 'ready']);
  });

  it('that answers before the message is handed over is heard', async () => {
    const server = altered((ours) => {
      const send = ours.send.bind(ours);
      ours.send = (message) => {
        if (!isCall(message, 'wait')) return send(message);
        const { id } = message as { id: number };
        ours.onmessage?.({ jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: 'at once' }] } });
      };
    });
    await using stand = new Stand();
    await stand.add(server);

    expect(await stand.text('wait')).toBe('at once');
  });
});

describe('a function that makes transports', () => {
  const broken = (connect: () => unknown) => ({
    config: { transport: 'in_process' as const, connect: connect as ConnectFunction },
  });

  it.each([
    ['gives what is no transport', (): unknown => 'secret', 'invalid'],
    ['gives the end that the server reads from', wrongEnd, 'in-use'],
  ] as const)('that %s is refused at once', async (_, connect, reason) => {
    await using stand = new Stand();

    const fault = { kind: 'transport-unavailable', reason };
    await expect(stand.add(broken(connect))).rejects.toMatchObject({ code: 'CONNECT_FAILED', fault });
    expect(stand.mcp.listServers()).toEqual([]);
  });

  it('that throws is asked again, later', async () => {
    const server = earlier();
    let asked = 0;
    const connect: ConnectFunction = async (context) => {
      asked += 1;
      if (asked < 3) throw Object.assign(new Error('secret'), { code: 'ENOENT' });
      return await server.config.connect(context);
    };
    await using stand = new Stand();

    await stand.add({ config: { transport: 'in_process', connect } });

    expect(stand.lives().slice(0, 2)).toEqual(['connecting', 'reconnecting: transport-unavailable']);
    expect(stand.changes().find(({ to }) => to === 'reconnecting')?.cause).toEqual({
      kind: 'transport-unavailable',
      reason: 'threw',
      code: 'ENOENT',
    });
    expect(stand.story()).not.toContain('secret');
  });

  it('that gives the same transport twice has its server parked, and a good one brings it back', async () => {
    const server = earlier();
    const kept = server.config.connect({ server: ONE, signal: new AbortController().signal });
    await using stand = new Stand();
    await stand.add(broken(() => kept));

    await server.ends[0]?.close();
    await stand.told((event) => event.type === 'state.changed' && event.parked === true);

    expect(stand.mcp.getServerInfo(ONE)?.cause).toEqual({ kind: 'transport-unavailable', reason: 'in-use' });
    expect(stand.mcp.explain(ONE)?.text).toContain('in use, or was before');
    await stand.mcp.replaceServer(named(server.config, ONE));
    expect(await stand.text('add', { a: 1, b: 2 })).toBe('3');
  });

  it('that hangs is bounded by connectTimeoutMs, is told, and is not asked again while it goes on', async () => {
    const server = earlier();
    let asked = 0;
    const connect: ConnectFunction = ({ signal, server: name }) => {
      asked += 1;
      if (asked > 1) return server.config.connect({ server: name, signal });
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('given up'))));
    };
    await using stand = new Stand();

    await stand.add({ config: { transport: 'in_process', connect } }, { connectTimeoutMs: 300 });

    const [, lost] = stand.changes();
    expect(lost).toMatchObject({ to: 'reconnecting', cause: { kind: 'timed-out', phase: 'connecting' } });
    expect(asked).toBe(2);
  });

  it('that hangs and does not listen is left behind after releaseTimeoutMs, which is told', async () => {
    const late = earlier();
    let asked: (give: () => void) => void = () => {};
    const giving = new Promise<() => void>((resolve) => {
      asked = resolve;
    });
    const connect: ConnectFunction = (context) =>
      new Promise((resolve) => asked(() => resolve(late.config.connect(context))));
    await using stand = new Stand();
    await stand.begin({ config: { transport: 'in_process', connect } }, { releaseTimeoutMs: 1_000 });
    const give = await giving;

    const startedMs = performance.now();
    await stand.mcp.close();

    expect(performance.now() - startedMs).toBeLessThan(2_500);
    expect(stand.of('release.failed')).toMatchObject([{ resource: 'carrier', reason: 'timed-out' }]);
    // What it gives after all is closed, although nobody waits for it.
    give();
    const [end] = late.ends;
    await new Promise<void>((resolve) => {
      if (end !== undefined) end.onclose = resolve;
    });
  });
});

describe('a transport that does not close', () => {
  it.each([
    ['hangs', () => new Promise<void>(() => {}), 'timed-out'],
    ['rejects', () => Promise.reject(new Error('secret')), 'threw'],
  ] as const)('and %s instead is left behind in bounded time, which is told', async (_, close, reason) => {
    const server = altered((ours) => {
      ours.close = close;
    });
    await using stand = new Stand();
    await stand.add(server, { releaseTimeoutMs: 1_000 });

    const startedMs = performance.now();
    await stand.mcp.close();

    expect(performance.now() - startedMs).toBeLessThan(2_500);
    expect(stand.of('release.failed')).toMatchObject([{ resource: 'carrier', reason }]);
    expect(stand.story()).not.toContain('secret');
  });
});

describe('what is shown', () => {
  it('is plain data: no function enters an info, an event, an explanation or a machine', async () => {
    const inspected: unknown[] = [];
    const server = earlier();
    await using stand = new Stand({ inspect: { next: (event) => void inspected.push(...shownOf(event)) } });
    await stand.add(server);
    await stand.mcp.replaceServer(named(server.config, ONE));
    await server.ends[1]?.close();
    await stand.reached('ready', 2);

    const info = stand.mcp.getServerInfo(ONE);

    expect(info?.config).not.toHaveProperty('connect');
    expect(() => structuredClone([info, stand.events, stand.mcp.explain(ONE)])).not.toThrow();
    expect(inspected.length).toBeGreaterThan(20);
    expect(functionsIn(inspected, server.config.connect)).toBe(false);
  });
});

function isCall(message: JSONRPCMessage, tool: string): boolean {
  return 'method' in message && message.method === 'tools/call' && message.params?.['name'] === tool;
}

/** Whoever changes what was handed over, on either side, fails over it. */
function frozenBothWays(ours: InProcessTransport): InProcessTransport {
  const send = ours.send.bind(ours);
  ours.send = (message) => send(deepFrozen(message));
  let onmessage: InProcessTransport['onmessage'];
  Object.defineProperty(ours, 'onmessage', {
    get: () => onmessage && ((message: JSONRPCMessage) => onmessage?.(deepFrozen(message))),
    set: (next: InProcessTransport['onmessage']) => {
      onmessage = next;
    },
  });
  return ours;
}

function deepFrozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFrozen(inner);
  }
  return value;
}

async function wrongEnd(): Promise<InMemoryTransport> {
  const [, theirs] = InMemoryTransport.createLinkedPair();
  await new McpServer({ name: 'x', version: '1' }, { capabilities: { tools: {} } }).connect(theirs);
  return theirs;
}

/** What an inspector is shown of machines: events, and snapshots with their context. */
function shownOf(inspection: object): unknown[] {
  const { event, snapshot } = inspection as { event?: unknown; snapshot?: { context?: unknown } };
  return [event, snapshot?.context].filter((each) => each !== undefined);
}

/** Whether a function can be reached. */
function functionsIn(root: unknown, wanted: unknown): boolean {
  const seen = new Set<unknown>();
  const waiting = [root];
  while (waiting.length > 0) {
    const here = waiting.pop();
    if (here === wanted) return true;
    if (!(typeof here === 'object' || typeof here === 'function') || here === null || seen.has(here)) continue;
    seen.add(here);
    for (const key of Reflect.ownKeys(here)) waiting.push(Reflect.get(here, key));
  }
  return false;
}
