/** A server that lives and does nothing: its process is stopped by a signal, as a debugger or a full disk stops it. */

import { describe, expect, it } from 'vitest';
import type { HeartbeatMissed } from '../../../src/index.ts';
import { freeze, thaw } from '../../../src/testing/processes.ts';
import { rejection, Stand } from '../../contract/stand.ts';
import { TRANSPORTS } from '../../contract/transport-under-test.ts';
import { watchForLeaks } from '../../ground/leaks.ts';

watchForLeaks();

const PATIENT = 60_000;
/** What a shared machine may add to a bound. */
const SLACK_MS = 1_000;
const QUICK_END = { stdinGraceMs: 100, termGraceMs: 100, terminateTimeoutMs: 100 };

describe.each([TRANSPORTS.stdio, TRANSPORTS.sse, TRANSPORTS.streamable_http])(
  'a frozen server over $kind',
  (transport) => {
    it('is noticed within probeAfterMs + busyMisses x timeoutMs by a call that waits for it', async () => {
      await using server = await transport.start();
      const heartbeat = { intervalMs: PATIENT, probeAfterMs: 300, timeoutMs: 200, busyMisses: 3 };
      await using stand = new Stand({ defaults: { heartbeat } });
      await stand.add(server, QUICK_END);
      const { pid } = server;
      const called = rejection(stand.mcp.callTool('one', 'wait', {}, { timeoutMs: PATIENT, retry: 'never' }));
      await server.journal.waitFor({ kind: 'executed', name: 'wait' });

      await freeze(pid);
      const { error, elapsedMs } = await called;
      if (transport.kind !== 'stdio') thaw(pid);

      expect(error).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown', fault: { kind: 'unresponsive' } });
      expect(elapsedMs).toBeGreaterThanOrEqual(3 * 200);
      expect(elapsedMs).toBeLessThan(300 + 3 * 200 + SLACK_MS);
      expect(server.journal.executions('tools/call', 'wait')).toBe(1);
    });

    it('is noticed within intervalMs + misses x timeoutMs while it is idle', async () => {
      await using server = await transport.start();
      const heartbeat = { intervalMs: 400, probeAfterMs: PATIENT, timeoutMs: 200, misses: 2 };
      await using stand = new Stand({ defaults: { heartbeat } });
      await stand.add(server, QUICK_END);
      const { pid } = server;

      await freeze(pid);
      const frozenAtMs = performance.now();
      const { cause } = await stand.reached('reconnecting');
      const elapsedMs = performance.now() - frozenAtMs;
      if (transport.kind !== 'stdio') thaw(pid);

      expect(cause).toEqual({ kind: 'unresponsive', missed: 2 });
      expect(elapsedMs).toBeLessThan(400 + 2 * 200 + SLACK_MS);
    });

    it('is told from one that takes its time: a call is waited for as long as pings are answered', async () => {
      await using server = await transport.start();
      const heartbeat = { intervalMs: PATIENT, probeAfterMs: 50, timeoutMs: 2_000 };
      await using stand = new Stand({ defaults: { heartbeat } });
      await stand.add(server);

      const called = stand.text('wait');
      await server.journal.waitFor({ kind: 'message', method: 'ping' }, 3);
      await server.control({ do: 'release' });

      await expect(called).resolves.toBeDefined();
      expect(stand.states()).toEqual(['1 connecting', '1 initializing', '1 ready']);
    });

    it('is told from one that knows no ping: that one is asked for its list', async () => {
      await using server = await transport.start({ faults: [{ on: 'ping', do: 'never' }] });
      const heartbeat = { intervalMs: 100, timeoutMs: 200, misses: 2 };
      await using stand = new Stand({ defaults: { heartbeat } });
      await stand.add(server);

      await server.journal.waitFor({ kind: 'executed', method: 'tools/list' }, 4);

      const missed = stand.events.filter((event): event is HeartbeatMissed => event.type === 'heartbeat.missed');
      expect(missed.map((event) => event.missed)).toEqual([1]);
      expect(server.journal.entries({ kind: 'message', method: 'ping' })).toHaveLength(1);
      expect(stand.states()).toEqual(['1 connecting', '1 initializing', '1 ready']);
    });
  },
);
