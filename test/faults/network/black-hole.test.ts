/** A host whose packets vanish: everything looks well, and no answer ever comes. */

import { describe, expect, it } from 'vitest';
import { watchForLeaks } from '../../ground/leaks.ts';
import { CabledNetwork, isRequired, networkTrouble } from './network.ts';
import { FarServer, NearHost } from './network-host.ts';

const trouble = networkTrouble();

const PATIENT_MS = 60_000;
/** What a shared machine may add to a bound. */
const SLACK_MS = 2_500;

watchForLeaks();

it('can be tried here', ({ skip }) => {
  skip(trouble !== undefined && !isRequired, trouble);
  expect(trouble).toBeUndefined();
});

describe.skipIf(trouble !== undefined).each(['streamable_http', 'sse'] as const)(
  'a black hole on the way back, over %s',
  { timeout: 60_000 },
  (transport) => {
    it('fails a call under way within probeAfterMs + busyMisses x timeoutMs', async () => {
      const heartbeat = { intervalMs: PATIENT_MS, probeAfterMs: 400, timeoutMs: 300, busyMisses: 3 };
      using network = new CabledNetwork();
      await using server = await new FarServer(network, transport).start();
      await using host = new NearHost(network, { defaults: { heartbeat } });
      await host.add(server);
      const call = host.call('wait', {}, PATIENT_MS);
      await server.journal.waitFor({ kind: 'executed', name: 'wait' });

      network.setBlackHole('on');
      const { error, elapsedMs } = await call;

      expect(error).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown', fault: { kind: 'unresponsive' } });
      expect(elapsedMs).toBeGreaterThanOrEqual(3 * 300);
      expect(elapsedMs).toBeLessThan(400 + 3 * 300 + SLACK_MS);
      expect(server.journal.executions('tools/call', 'wait')).toBe(1);
    });

    it('is noticed within intervalMs + misses x timeoutMs while nobody calls, though the connection is half open', async () => {
      const heartbeat = { intervalMs: 500, probeAfterMs: PATIENT_MS, timeoutMs: 300, misses: 2 };
      using network = new CabledNetwork();
      await using server = await new FarServer(network, transport).start();
      await using host = new NearHost(network, { defaults: { heartbeat } });
      await host.add(server);

      network.setBlackHole('on');
      await server.kill();
      const killedAtMs = Date.now();
      const { cause, atMs } = await host.reached('reconnecting');

      expect(cause).toEqual({ kind: 'unresponsive', missed: 2 });
      expect(atMs - killedAtMs).toBeLessThan(500 + 2 * 300 + SLACK_MS);
      expect(host.events.some(({ type }) => type === 'world.frozen')).toBe(false);
    });

    it('ends connecting at connectTimeoutMs, and does not keep a server from being reached later', async () => {
      const backoff = { baseMs: 10, factor: 2, maxMs: 500 };
      using network = new CabledNetwork();
      await using server = await new FarServer(network, transport).start();
      await using host = new NearHost(network, { defaults: { connectTimeoutMs: 1_000, backoff } });
      network.setBlackHole('on');
      await host.add(server, {}, 'added');
      const begun = await host.reached('connecting');

      const { cause, atMs } = await host.reached('reconnecting');
      network.setBlackHole('off');
      await host.reached('ready', 2);

      expect(cause).toMatchObject({ kind: 'timed-out', afterMs: 1_000 });
      expect(atMs - begun.atMs).toBeGreaterThanOrEqual(999);
      expect(atMs - begun.atMs).toBeLessThan(1_000 + SLACK_MS);
    });
  },
);
