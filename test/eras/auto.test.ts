/** What is found out about a server that nobody said the era of, and what it costs. */

import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Behaviour } from '../../src/testing/behaviour.ts';
import { startScripted } from '../../src/testing/scripted.ts';
import { ONE, Stand } from '../contract/stand.ts';
import { TRANSPORTS } from '../contract/transport-under-test.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

const AUTO = { protocol: 'auto' } as const;
const { stdio, streamable_http: http, in_process: inProcess } = TRANSPORTS;

describe.each([stdio, http, inProcess])('over $kind', (transport) => {
  it.each([
    ['discover', 'discover'],
    ['both', 'discover'],
    ['initialize', 'initialize'],
  ] as const)('a server that speaks %s is spoken to in %s', async (speaks, era) => {
    await using server = await transport.start({ era: speaks });
    await using stand = new Stand();

    const info = await stand.add(server, AUTO);

    expect(info.era).toBe(era);
    await expect(stand.text('echo', { text: 'hello' })).resolves.toBe('hello');
    const asked = server.journal.entries({ kind: 'message', method: 'server/discover' });
    const initialized = server.journal.entries({ kind: 'message', method: 'initialize' });
    // Over HTTP a server that wants a session refuses the question before it looks at it.
    expect(asked.length).toBe(era === 'discover' || transport.isOwned ? 1 : 0);
    expect(initialized.length).toBe(era === 'discover' ? 0 : 1);
    expect(stand.states()).toEqual(['1 connecting', '1 initializing', '1 ready']);
  });

  it('a server that was asked is not asked again, in its next life or under another name', async () => {
    await using server = await transport.start({ era: 'initialize' });
    await using stand = new Stand();
    const questions = () =>
      transport.isOwned
        ? server.journal.entries({ kind: 'message', method: 'server/discover' }).length
        : server.journal.entries({ kind: 'request', method: 'server/discover' }).length;
    await stand.add(server, AUTO);
    expect(questions()).toBe(1);

    await server.kill();
    await server.revive();
    await stand.reached('ready', 2);
    await stand.add(server, AUTO, 'two');

    // Another name may be another server to a function.
    expect(questions()).toBe(transport === inProcess ? 2 : 1);
    expect(stand.mcp.getServerInfo(ONE)?.era).toBe('initialize');
  });

  it('a server that was asked is not asked by another supervisor, whose clock is the same', async () => {
    await using server = await transport.start({ era: 'initialize' });
    const questions = () =>
      server.journal.entries({ kind: transport.isOwned ? 'message' : 'request', method: 'server/discover' }).length;
    const clock = { ...systemClock };
    const asked: number[] = [];
    for (const each of [systemClock, systemClock, clock]) {
      await using stand = new Stand({ clock: each });
      await stand.add(server, AUTO);
      await expect(stand.text('echo', { text: 'hello' })).resolves.toBe('hello');
      asked.push(questions());
    }

    expect(asked).toEqual([1, 1, 2]);
  });

  it('a server that is silent is asked to initialize, once the question has had its time', async () => {
    await using server = await transport.start({
      era: 'initialize',
      faults: transport.isOwned
        ? [{ on: 'server/discover', do: 'never' }]
        : [{ on: 'server/discover', do: 'hang-headers' }],
    });
    await using stand = new Stand();
    const startedMs = performance.now();

    const info = await stand.add(server, AUTO);

    expect(info.era).toBe('initialize');
    expect(info.epoch).toBe(1);
    expect(performance.now() - startedMs).toBeGreaterThan(1_900);
    await expect(stand.text('echo', { text: 'hello' })).resolves.toBe('hello');
  });

  it('a server of the discover era that was too slow to answer the question is not taken for one of the other', async () => {
    await using server = await transport.start({
      era: 'discover',
      faults: transport.isOwned
        ? [{ on: 'start', do: 'delay', ms: 2_500 }]
        : [{ on: 'server/discover', do: 'hang-headers', times: 1 }],
    });
    await using stand = new Stand();

    const info = await stand.add(server, AUTO);

    expect([info.era, info.epoch]).toEqual(['discover', 1]);
    await expect(stand.text('echo', { text: 'hello' })).resolves.toBe('hello');
    await stand.add(server, AUTO, 'two');
    const initialized = server.journal.entries({
      kind: transport.isOwned ? 'message' : 'request',
      method: 'initialize',
    });
    expect(initialized).toHaveLength(transport === inProcess ? 2 : 1);
  });

  it.each([
    ['initialize', 'discover'],
    ['discover', 'initialize'],
  ] as const)('a server that spoke %s and now speaks %s is found out when it comes back', async (before, after) => {
    await using server = await transport.start({ era: before });
    await using stand = new Stand();
    const info = await stand.add(server, AUTO);
    expect(info.era).toBe(before);

    await server.control({ set: { era: after } });
    if (transport.isOwned) await server.kill();
    else stand.mcp.retryServer(ONE);
    if (!transport.isOwned) await stand.mcp.removeServer(ONE).then(() => stand.add(server, AUTO));
    else await stand.reached('ready', 2);

    expect(stand.mcp.getServerInfo(ONE)?.era).toBe(after);
  });
});

describe.each([stdio, inProcess])('over $kind, where each life is a new server', (transport) => {
  const lives = (server: { journal: { entries(of: { kind: string }): unknown[] } }) =>
    server.journal.entries({ kind: 'started' }).length;

  it.each<[string, Behaviour['faults']]>([
    ['exits', [{ on: 'server/discover', do: 'exit', code: 3 }]],
    ['crashes', [{ on: 'server/discover', do: 'signal', signal: 'SIGSEGV' }]],
  ])(
    'a server that %s over the question is started once more, in the same epoch and never again',
    async (_, faults) => {
      await using server = await transport.start({ era: 'initialize', faults: faults ?? [] });
      await using stand = new Stand();

      const info = await stand.add(server, AUTO);

      expect([info.era, info.epoch, lives(server)]).toEqual(['initialize', 1, 2]);
      await server.kill();
      await stand.reached('ready', 2);
      expect(lives(server)).toBe(3);
    },
  );

  it('a server of either era is started once', async () => {
    for (const era of ['initialize', 'discover'] as const) {
      await using server = await transport.start({ era });
      await using stand = new Stand();
      await stand.add(server, AUTO);

      expect(lives(server)).toBe(1);
    }
  });

  it('a server that cannot live is not started more than twice an epoch, and its last words are told', async () => {
    await using server = await transport.start({ faults: [{ on: 'message', do: 'exit', code: 7 }] });
    await using stand = new Stand();
    void stand.begin(server, AUTO);

    const change = await stand.reached('reconnecting');

    const end = transport === stdio ? { kind: 'process-exited', exitCode: 7 } : { kind: 'stream-ended' };
    expect(change.cause).toEqual(expect.objectContaining(end));
    expect(lives(server)).toBe(2);
  });
});

describe('over Streamable HTTP', () => {
  it('wants credentials: the question says nothing about the era', async () => {
    await using server = await startScripted('streamable_http', { era: 'discover', token: 'secret' });
    await using stand = new Stand();

    await expect(stand.add(server, AUTO)).rejects.toMatchObject({ fault: { kind: 'unauthorized' } });
    expect(server.requests()).toEqual(['POST server/discover']);
  });

  it.each([
    ['initialize', 500, 'initialize'],
    ['initialize', 501, 'initialize'],
    ['discover', 500, 'discover'],
  ] as const)(
    'a server of the era %s that answers the question with %s is connected to in the same epoch',
    async (speaks, status, era) => {
      await using server = await startScripted('streamable_http', {
        era: speaks,
        faults: [{ on: 'server/discover', do: 'status', status, times: 1 }],
      });
      await using stand = new Stand();

      const info = await stand.add(server, AUTO);

      expect([info.era, info.epoch]).toEqual([era, 1]);
      await expect(stand.text('echo', { text: 'hello' })).resolves.toBe('hello');
    },
  );

  it.each([502, 503, 504])(
    '%i is the trouble of whoever guards the server: the question is asked again',
    async (status) => {
      await using server = await startScripted('streamable_http', {
        era: 'discover',
        faults: [{ on: 'server/discover', do: 'status', status, times: 1 }],
      });
      await using stand = new Stand();

      const info = await stand.add(server, AUTO);

      expect([info.era, info.epoch]).toEqual(['discover', 2]);
      expect(server.requests()).not.toContain('POST initialize');
    },
  );

  it('a server that speaks another revision of the era is not asked to initialize', async () => {
    const error = { code: -32_022, message: 'no', data: { supported: ['2027-01-01'], requested: '2026-07-28' } };
    await using server = await startScripted('streamable_http', {
      era: 'discover',
      faults: [{ on: 'server/discover', do: 'status', status: 400, body: { jsonrpc: '2.0', id: null, error } }],
    });
    await using stand = new Stand();

    await expect(stand.add(server, AUTO)).rejects.toMatchObject({ fault: { kind: 'protocol-version-unsupported' } });
    expect(server.requests()).toEqual(['POST server/discover']);
  });
});
