/** What holds for a server of the discover era on every transport that carries it, through the public surface. */

import { expect, it } from 'vitest';
import type { Behaviour } from '../../src/testing/behaviour.ts';
import { scratchFile } from '../../src/testing/scratch.ts';
import { SimulatedClock } from '../../src/testing/simulated-clock.ts';
import { ONE, rejection, Stand } from '../contract/stand.ts';
import type { TransportUnderTest } from '../contract/transport-under-test.ts';

const CALL = { timeoutMs: 10_000 };

/** Register the facts as tests. */
export function discoverFacts(transport: TransportUnderTest): void {
  const start = (behaviour: Behaviour = {}) => transport.start({ era: 'discover', ...behaviour });
  const fact = (text: string, run: () => Promise<void>) => it(`${text} [${transport.kind}]`, run);

  fact('connects, says which era it is, lists and calls', async () => {
    await using server = await start({ instructions: 'be kind' });
    await using stand = new Stand();

    const info = await stand.add(server, { protocol: 'discover' });

    expect(info).toMatchObject({ era: 'discover', protocolVersion: '2026-07-28', instructions: 'be kind' });
    expect(info.implementation?.name).toBe('scripted');
    expect(info.tools.map(({ name }) => name)).toContain('echo');
    await expect(stand.text('echo', { text: 'hello' })).resolves.toBe('hello');
    expect(server.journal.entries({ kind: 'message', method: 'initialize' })).toEqual([]);
  });

  fact('hands on progress, of every round of a call', async () => {
    await using server = await start();
    await using stand = new Stand();
    await stand.add(server, { protocol: 'discover' });
    const seen: number[] = [];

    const options = { ...CALL, onProgress: ({ progress }: { progress: number }) => void seen.push(progress) };
    await stand.mcp.callTool(ONE, 'progress', { steps: 3, ms: 5 }, options);

    expect(seen).toEqual([1, 2, 3]);
  });

  fact('gives each of two calls its own progress', async () => {
    await using server = await start();
    await using stand = new Stand();
    await stand.add(server, { protocol: 'discover' });

    const reported = async (steps: number) => {
      const totals = new Set<number | undefined>();
      const onProgress = ({ total }: { total?: number | undefined }) => void totals.add(total);
      await stand.mcp.callTool(ONE, 'progress', { steps, ms: 5 }, { ...CALL, onProgress });
      return [...totals];
    };

    expect(await Promise.all([reported(3), reported(5)])).toEqual([[3], [5]]);
  });

  fact('cancels an aborted call on the wire, and the server stops', async () => {
    await using server = await start();
    await using stand = new Stand();
    await stand.add(server, { protocol: 'discover' });
    const controller = new AbortController();
    const call = rejection(stand.mcp.callTool(ONE, 'wait', {}, { ...CALL, signal: controller.signal }));
    await server.journal.waitFor({ kind: 'executed', name: 'wait' });

    controller.abort();

    const { error } = await call;
    expect(error.code).toBe('CALL_ABORTED');
    const cancelled = { kind: 'message', method: 'notifications/cancelled' };
    if (transport.isOwned) await server.journal.waitFor(cancelled);
    else {
      await server.journal.waitFor({ kind: 'dropped', method: 'tools/call' });
      expect(server.journal.entries(cancelled)).toEqual([]);
    }
    await expect(stand.text('echo', { text: 'still there' })).resolves.toBe('still there');
  });

  fact('ends a call at its deadline as timed out, with an unknown outcome', async () => {
    await using server = await start();
    await using stand = new Stand();
    await stand.add(server, { protocol: 'discover' });

    const { error } = await rejection(stand.mcp.callTool(ONE, 'wait', {}, { timeoutMs: 200 }));

    expect([error.code, error.outcome]).toEqual(['CALL_TIMEOUT', 'unknown']);
    expect(stand.states().at(-1)).toBe('1 ready');
  });

  fact('passes an error of the server on, code and data', async () => {
    await using server = await start();
    await using stand = new Stand();
    await stand.add(server, { protocol: 'discover' });

    const { error } = await rejection(stand.mcp.callTool(ONE, 'fail', { how: 'protocol' }, CALL));

    expect([error.code, error.outcome]).toEqual(['SERVER_ERROR', 'failed-by-server']);
    await expect(stand.mcp.callTool(ONE, 'fail', { how: 'tool' }, CALL)).resolves.toMatchObject({ isError: true });
  });

  fact(
    'comes back after the server was killed, and fails the call that was under way without repeating it',
    async () => {
      await using server = await start();
      await using stand = new Stand();
      await stand.add(server, { protocol: 'discover' });
      const file = scratchFile('committed.txt');
      const call = rejection(stand.mcp.callTool(ONE, 'commit', { file, ending: 'hang' }, CALL));
      await server.journal.waitFor({ kind: 'committed' });

      await server.kill();

      const { error } = await call;
      expect(error.outcome).toBe('unknown');
      await server.revive();
      await expect(stand.text('echo', { text: 'back' })).resolves.toBe('back');
      expect(server.journal.entries({ kind: 'committed' })).toHaveLength(1);
      expect(stand.mcp.getServerInfo(ONE)).toMatchObject({ era: 'discover', state: 'ready' });
    },
  );

  fact('hears that tools changed', async () => {
    await using server = await start();
    await using stand = new Stand();
    await stand.add(server, { protocol: 'discover' });
    await server.journal.waitFor({ kind: 'listening-to' });

    await server.control({ do: 'grow-tools' });

    await stand.told((event) => event.type === 'catalog.changed' && event.added.includes('grown-1'));
  });

  fact('subscribes again when the subscription ended, and looks at what it may have missed', async () => {
    await using server = await start();
    await using stand = new Stand();
    await stand.add(server, { protocol: 'discover' });
    await server.journal.waitFor({ kind: 'listening-to' });

    await server.control({ do: 'end-subscriptions' });
    await server.control({ do: 'grow-tools' });

    await stand.told((event) => event.type === 'catalog.changed' && event.added.includes('grown-1'));
    expect(server.journal.entries({ kind: 'listening-to' }).length).toBeGreaterThanOrEqual(2);
    expect(stand.states().at(-1)).toBe('1 ready');
  });

  fact('is told of resources that it subscribed to, in every life of the server', async () => {
    const uri = 'file:///notes';
    await using server = await start({ resources: { [uri]: 'first' } });
    await using stand = new Stand();
    await stand.add(server, { protocol: 'discover' });
    await stand.mcp.subscribeResource(ONE, uri);

    await server.control({ do: 'update-resource', uri, text: 'second' });
    await stand.told((event) => event.type === 'resource.updated' && event.uri === uri);

    await server.kill();
    await server.revive();
    // What changed between the lives cannot be known, so it is told.
    await stand.told((event) => event.type === 'resource.updated' && event.missed === true);
    const before = stand.of('resource.updated').length;
    await server.control({ do: 'update-resource', uri, text: 'third' });

    await stand.told(() => stand.of('resource.updated').length > before);
  });

  fact('lists what else it has, and believes it for as long as the server says', async () => {
    await using server = await start({
      resources: { 'test://a': 'first' },
      prompts: { greet: 'Hello {name}' },
      completions: { name: ['Ada'] },
      ttlMs: 600_000,
    });
    await using stand = new Stand();
    await stand.add(server, { protocol: 'discover' });
    const { mcp } = stand;
    const read = async (options = {}) => (await mcp.readResource(ONE, 'test://a', options)).contents;
    const first = [{ uri: 'test://a', mimeType: 'text/plain', text: 'first' }];

    expect(await read()).toEqual(first);
    expect(await read()).toEqual(first);
    expect((await mcp.listPrompts(ONE)).map(({ name }) => name)).toEqual(['greet']);
    await mcp.listPrompts(ONE);
    expect((await mcp.getPrompt(ONE, 'greet', { name: 'Ada' })).messages).toHaveLength(1);
    const ref = { type: 'ref/prompt', name: 'greet' } as const;
    expect(await mcp.complete(ONE, { ref, argument: { name: 'name', value: 'A' } })).toMatchObject({ values: ['Ada'] });

    expect(server.journal.executions('resources/read')).toBe(1);
    expect(server.journal.executions('prompts/list')).toBe(1);
    expect(await read({ fresh: true })).toEqual(first);
    expect(server.journal.executions('resources/read')).toBe(2);
  });

  fact('is told of lists that changed, and believes them no longer', async () => {
    await using server = await start({ prompts: { greet: '' }, resources: { 'test://a': 'a' }, ttlMs: 600_000 });
    await using stand = new Stand();
    await stand.add(server, { protocol: 'discover' });
    await server.journal.waitFor({ kind: 'listening-to' });
    await stand.mcp.listPrompts(ONE);
    await stand.mcp.readResource(ONE, 'test://a');

    await server.control({ set: { prompts: { greet: '', part: '' }, resources: { 'test://a': 'other' } } });
    await server.control({ do: 'notify', method: 'notifications/resources/list_changed' });
    await server.control({ do: 'notify', method: 'notifications/prompts/list_changed' });

    const told = await stand.told((event) => event.type === 'catalog.changed');
    expect(told).toMatchObject({ list: 'prompts', added: ['part'] });
    expect((await stand.mcp.listPrompts(ONE)).map(({ name }) => name)).toEqual(['greet', 'part']);
    const [content] = (await stand.mcp.readResource(ONE, 'test://a')).contents;
    expect(content).toMatchObject({ text: 'other' });
  });

  fact('fetches tools again that may not be believed any more, once somebody looks', async () => {
    // Over by the time that anything else was sent.
    await using server = await start({ ttlMs: 1 });
    await using stand = new Stand();
    await stand.add(server, { protocol: 'discover' });
    await server.control({ set: { tools: [{ name: 'new', inputSchema: { type: 'object' } }] } });
    const names = () => stand.mcp.listTools(ONE)[ONE]?.map(({ name }) => name) ?? [];

    expect(names()).not.toContain('new');
    await stand.told((event) => event.type === 'catalog.changed');

    expect(names()).toContain('new');
  });

  fact('says the log level with every request', async () => {
    await using server = await start();
    await using stand = new Stand();
    await stand.add(server, { protocol: 'discover', loggingLevel: 'warning' });

    await stand.text('echo', { text: 'x' });

    expect(server.journal.entries({ kind: 'executed', name: 'echo' }).map(({ level }) => level)).toEqual(['warning']);
  });

  fact('answers what the server asks for in rounds of one call', async () => {
    const uri = 'file:///work';
    await using server = await start();
    await using stand = new Stand();
    await stand.add(server, { protocol: 'discover', roots: [{ uri, name: 'work' }] });

    const answers = JSON.parse(await stand.text('ask-again', { rounds: 2 })) as unknown;

    expect(answers).toEqual([{ roots: [{ uri, name: 'work' }] }, { roots: [{ uri, name: 'work' }] }]);
    const ids = server.journal.entries({ kind: 'executed', name: 'ask-again' }).map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
  });

  fact('gives up a call that asks without an end', async () => {
    await using server = await start();
    await using stand = new Stand();
    await stand.add(server, { protocol: 'discover', roots: [] });

    const { error } = await rejection(stand.mcp.callTool(ONE, 'ask-again', { rounds: 1_000 }, CALL));

    expect([error.code, error.outcome]).toEqual(['INPUT_REFUSED', 'failed-by-server']);
    expect(server.journal.entries({ kind: 'executed', name: 'ask-again' })).toHaveLength(11);
  });

  fact('asks a person for the server while the deadline of the call stands still', async () => {
    const clock = new SimulatedClock();
    await using server = await start();
    await using stand = new Stand({
      clock,
      handlers: {
        elicitation: async () => {
          await clock.advance(600);
          return { action: 'accept', content: { answer: 42 } };
        },
      },
    });
    await stand.add(server, { protocol: 'discover' });
    const schema = { type: 'object', properties: { answer: { type: 'number' } } };
    const params = { mode: 'form', message: 'which?', requestedSchema: schema };

    const args = { method: 'elicitation/create', params };
    const { content } = await stand.mcp.callTool(ONE, 'ask-again', args, { timeoutMs: 400 });

    expect(content).toEqual([{ type: 'text', text: '[{"action":"accept","content":{"answer":42}}]' }]);
  });

  fact('shows that it lives by a request, for there is no ping', async () => {
    await using server = await start();
    await using stand = new Stand();
    await stand.add(server, { protocol: 'discover', heartbeat: { intervalMs: 50 } });

    const seen = server.journal.entries({ kind: 'executed', method: 'server/discover' }).length;
    await server.journal.waitFor({ kind: 'executed', method: 'server/discover' }, seen + 2);
    expect(server.journal.entries({ kind: 'message', method: 'ping' })).toEqual([]);
    expect(stand.states().at(-1)).toBe('1 ready');
  });

  fact('closes a server that speaks only the other era, at once', async () => {
    await using server = await transport.start({ era: 'initialize' });
    await using stand = new Stand();

    await expect(stand.add(server, { protocol: 'discover' })).rejects.toMatchObject({
      fault: { kind: 'protocol-version-unsupported' },
    });
  });
}
