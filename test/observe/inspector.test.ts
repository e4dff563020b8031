/** What the Stately inspector is told over its own protocol, and that nothing secret is in it or in anything else. */

import { afterEach, describe, expect, it, vi } from 'vitest';
import { InspectorView } from '../../examples/inspector/inspector-view.ts';
import { startLocalInspector } from '../../examples/inspector/local-inspector.ts';
import {
  CallError,
  CONNECTION_STATES,
  ConfigError,
  McpSupervisor,
  type RuntimeEvent,
  type ServerConfig,
  type ServerInfo,
} from '../../src/index.ts';
import { freePort, refusedPort } from '../../src/testing/ports.ts';
import { watchForLeaks } from '../ground/leaks.ts';
import { everythingStdio, filesystemStdio } from '../ground/real-servers.ts';
import { CANARIES, findCanaries, findCanariesInLogs, inText } from './canaries.ts';
import { httpServers, invalidConfigs, telltale } from './canary-configs.ts';
import { REFUSALS, startEchoingServer } from './echoing-server.ts';

watchForLeaks();

const LIFE = ['connecting', 'initializing', 'ready'];

describe('the inspector, told by two real servers through connect, SIGKILL, recovery and close', () => {
  it('knows the root, every connection with its chart, every epoch and every transition', async () => {
    using inspector = startLocalInspector(await freePort());
    await using view = await InspectorView.open(inspector.socketUrl);
    const happened: Record<string, string[]> = { everything: [], files: [] };

    const mcp = new McpSupervisor({ inspect: inspector.inspect });
    mcp.on('state', ({ server, to }) => happened[server]?.push(to));
    try {
      await mcp.addServers([
        { name: 'everything', transport: 'stdio', ...everythingStdio() },
        { name: 'files', transport: 'stdio', ...filesystemStdio(import.meta.dirname) },
      ]);
      const left = mcp.waitFor('everything', 'reconnecting');
      process.kill(pidOf(mcp, 'everything'), 'SIGKILL');
      await left;
      await mcp.waitFor('everything', 'ready');
    } finally {
      await mcp.close();
    }
    await view.until(isOver);

    const [root, ...otherRoots] = view.actorsNamed('supervisor');
    expect(otherRoots).toEqual([]);
    expect(root?.parentId).toBeUndefined();
    expect(definitionOf(root)).toMatchObject({ id: 'supervisor', states: { running: {}, closing: {}, closed: {} } });
    expect(happened).toEqual({
      everything: [...LIFE, 'reconnecting', ...LIFE, 'closed'],
      files: [...LIFE, 'closed'],
    });
    for (const [server, states] of Object.entries(happened)) {
      const [connection] = view.actorsNamed(`server:${server}`);
      expect(connection).toMatchObject({ parentId: root?.sessionId, rootId: root?.sessionId });
      expect(definitionOf(connection).id).toBe('connection');
      expect(Object.keys(definitionOf(connection).states ?? {}).toSorted()).toEqual([...CONNECTION_STATES].toSorted());
      expect(view.statesOf(`server:${server}`)).toEqual(states);
    }
    expect(epochsOf(view, 'everything')).toBe(2);
    expect(epochsOf(view, 'files')).toBe(1);
  });

  it('is told what a connection was told, and by whom it was made', async () => {
    using inspector = startLocalInspector(await freePort());
    await using view = await InspectorView.open(inspector.socketUrl);

    const mcp = new McpSupervisor({ inspect: inspector.inspect });
    await mcp.addServer({ name: 'everything', transport: 'stdio', ...everythingStdio() });
    await mcp.close();
    await view.until(isOver);

    const [connection] = view.actorsNamed('server:everything');
    const told = view.messages.filter(
      ({ type, sessionId }) => type === '@xstate.event' && sessionId === connection?.sessionId,
    );
    const types = told.flatMap((message) => ('event' in message ? [message.event.type] : []));
    expect(types).toEqual(['xstate.init', 'transport.opened', 'link.initialized', 'close', 'xstate.done.actor.epoch']);
  });
});

describe('an inspection observer', () => {
  it('that throws at every event changes nothing', async () => {
    const mcp = new McpSupervisor({
      inspect: () => {
        throw new Error('the observer failed');
      },
    });

    const info = await mcp.addServer({ name: 'everything', transport: 'stdio', ...everythingStdio() });
    await mcp.close();

    expect(info.state).toBe('ready');
  });
});

describe('a secret in a configuration', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('is in no inspection, event, error, information or log, whatever state and fault is driven', {
    timeout: 60_000,
  }, async () => {
    const logged = watchConsole();
    const inspections: unknown[] = [];
    const events: RuntimeEvent[] = [];
    const infos: (ServerInfo | undefined)[] = [];
    const errors: unknown[] = [];
    using inspector = startLocalInspector(await freePort());
    await using view = await InspectorView.open(inspector.socketUrl);
    const { inspect } = inspector;
    await using echoing = await startEchoingServer();

    const mcp = new McpSupervisor({
      inspect: (event: unknown) => {
        inspections.push(event);
        inspect.next?.(event as never);
      },
    });
    mcp.on('*', (event) => {
      events.push(event);
      if (event.server !== undefined) infos.push(mcp.getServerInfo(event.server));
      throw new Error(`a listener that tells ${CANARIES.variable}`);
    });
    const refused = await refusedPort();
    const servers: ServerConfig[] = [
      telltale('exit'),
      telltale('refuse'),
      { ...telltale('missing'), command: `env TOKEN=${CANARIES.argument} no-such-program` },
      { ...telltale('lost'), cwd: `${import.meta.dirname}/no-such-folder` },
      ...httpServers('refused', refused, '/mcp'),
      ...REFUSALS.flatMap((refusal) => httpServers(refusal, echoing.port, `/${refusal}`)),
    ];
    // One attempt each: it ends in `closed`, or in `reconnecting` for good.
    const oneAttempt = servers.map((config) => ({ ...config, backoff: { baseMs: 600_000, maxMs: 600_000 } }));
    const ends = servers.map(({ name }) => ended(mcp, name));
    await mcp.addServers(oneAttempt, { waitUntil: 'added' });
    await Promise.all(ends);
    await Promise.all(servers.map(({ name }) => mcp.removeServer(name)));
    const failed = await mcp.addServers(servers, { startTimeoutMs: 1_000 });
    for (const result of failed) errors.push(result.status === 'failed' ? result.error : result);
    expect(failed.filter(({ status }) => status !== 'failed')).toEqual([]);

    await mcp.addServer(telltale('serve'));
    const left = mcp.waitFor('serve', 'reconnecting');
    errors.push(await rejection(mcp.callTool('serve', 'tell', { with: 'arguments' })));
    errors.push(await rejection(mcp.callTool('serve', 'die')));
    await left;
    await mcp.waitFor('serve', 'ready');
    errors.push(await rejection(mcp.addServer(telltale('serve'))));
    for (const config of invalidConfigs()) errors.push(await rejection(mcp.addServer(config as ServerConfig)));
    await mcp.close();
    errors.push(await rejection(mcp.callTool('serve', 'tell')));
    await view.until(isOver);

    expect(view.texts.flatMap((text, index) => inText(`message ${index} of the protocol`, text))).toEqual([]);
    expect(findCanaries(named('inspection', inspections))).toEqual([]);
    expect(findCanariesInLogs(named('event', events))).toEqual([]);
    expect(findCanariesInLogs(named('error', errors))).toEqual([]);
    expect(findCanariesInLogs(named('information', infos))).toEqual([]);
    expect(findCanariesInLogs(named('line of the log', logged()))).toEqual([]);

    // Otherwise nothing was driven, and nothing proved.
    const kinds = new Set(
      events.flatMap((event) => ('cause' in event && event.cause !== undefined ? [event.cause.kind] : [])),
    );
    expect([...kinds].toSorted()).toEqual(
      expect.arrayContaining([
        'command-not-found',
        'foreign-redirect',
        'handshake-refused',
        'http-status',
        'process-exited',
        'unauthorized',
        'unreachable',
        'working-directory-missing',
      ]),
    );
    const states = new Set(events.flatMap((event) => (event.type === 'state.changed' ? [event.to] : [])));
    expect([...states].toSorted()).toEqual([...CONNECTION_STATES].toSorted());
    expect(errors.filter((error) => error instanceof CallError).map(({ code }) => code)).toEqual([
      'SERVER_ERROR',
      'CONNECTION_LOST',
    ]);
    expect(errors.filter((error) => error instanceof ConfigError)).toHaveLength(invalidConfigs().length);
    expect(JSON.stringify(errors)).toContain('[redacted]');
  });

  // What a server says of itself in the handshake reaches `ServerInfo` as it was sent.
  it('is in no information, although the server introduces itself with it', async () => {
    const mcp = new McpSupervisor();

    const info = await mcp.addServer(telltale('introduce'));
    await mcp.close();

    expect(findCanariesInLogs({ info })).toEqual([]);
  });

  it('is found by the search wherever it hides', () => {
    const hidden = new Error('x', {
      cause: new Map([['k', Object.defineProperty({}, 'h', { value: CANARIES.query })]]),
    });

    expect(findCanaries({ hidden })).toContain('hidden.cause[].0.1.h: the query');
    expect(inText('base64', Buffer.from(`user:${CANARIES.password}`).toString('base64'))).toEqual([
      'base64: the password',
    ]);
  });
});

/** Resolves when a first attempt has come to its end. */
function ended(mcp: McpSupervisor, server: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = mcp.on('state', (change) => {
      if (change.server !== server || (change.to !== 'closed' && change.to !== 'reconnecting')) return;
      stop();
      resolve();
    });
  });
}

function watchConsole(): () => unknown[] {
  const methods = (['debug', 'error', 'info', 'log', 'trace', 'warn'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation(() => {}),
  );
  return () => methods.flatMap(({ mock }) => mock.calls);
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => expect.unreachable('it did not fail'),
    (error: unknown) => error,
  );
}

function named(what: string, values: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(values.map((value, index) => [`${what} ${index}`, value]));
}

function pidOf(mcp: McpSupervisor, server: string): number {
  const pid = mcp.getServerInfo(server)?.pid;
  if (pid === undefined) throw new Error(`'${server}' has no process`);
  return pid;
}

function isOver(view: InspectorView): boolean {
  const [root] = view.actorsNamed('supervisor');
  return view.messages.some(
    (message) =>
      message.type === '@xstate.snapshot' &&
      message.sessionId === root?.sessionId &&
      message.snapshot.status === 'done',
  );
}

function epochsOf(view: InspectorView, server: string): number {
  const [connection] = view.actorsNamed(`server:${server}`);
  return view.actorsNamed('epoch').filter(({ parentId }) => parentId === connection?.sessionId).length;
}

function definitionOf(actor: { readonly definition: string | undefined } | undefined): {
  id?: string;
  states?: object;
} {
  return JSON.parse(actor?.definition ?? '{}') as { id?: string; states?: object };
}
