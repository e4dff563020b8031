/** The network of the host goes and comes back, for real: the cable between two namespaces is pulled out. */

import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { StateChange } from '../../../src/index.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { CabledNetwork, isRequired, networkTrouble } from './network.ts';
import { FarServer, NearHost } from './network-host.ts';

const trouble = networkTrouble();

/**
 * Dead within 2 s if what it misses counted; tries every second if it were not held. A cable that is back is asked
 * through again up to 1 s later: so often the system looks for the address of a neighbour that did not answer.
 */
const defaults = {
  heartbeat: { intervalMs: 500, probeAfterMs: 500, timeoutMs: 750, misses: 2, busyMisses: 2 },
  backoff: { baseMs: 100, factor: 2, maxMs: 1_000 },
};
const LONGER_THAN_THAT_MS = 2_500;

const isFrozen = ({ type }: { readonly type: string }) => type === 'world.frozen';
const isThawed = ({ type }: { readonly type: string }) => type === 'world.thawed';

/** The changes of state while the world was gone. */
function changesMeanwhile({ events }: NearHost): StateChange[] {
  const meanwhile = events.slice(events.findIndex(isFrozen), events.findIndex(isThawed));
  return meanwhile.filter((event) => event.type === 'state.changed');
}

watchForLeaks();

it('can be tried here', ({ skip }) => {
  skip(trouble !== undefined && !isRequired, trouble);
  expect(trouble).toBeUndefined();
});

// Pulled out on its own side, the interface of the host is down; on the other, only the carrier is gone.
describe.skipIf(trouble !== undefined).each(['host', 'server'] as const)(
  'a cable that is pulled out on the side of the %s',
  { timeout: 60_000 },
  (side) => {
    it('leaves a ready connection ready: what it misses does not count', async () => {
      using network = new CabledNetwork();
      await using server = await new FarServer(network, 'streamable_http').start();
      await using host = new NearHost(network, { defaults, staggerMs: 50 });
      await host.add(server);

      network.setLink(side, 'down');
      await host.told(isFrozen);
      await pause(LONGER_THAN_THAT_MS);
      network.setLink(side, 'up');
      await host.told(isThawed);

      expect((await host.call('echo', { text: 'after' })).result).toMatchObject({ content: [{ text: 'after' }] });
      expect(host.states).toEqual(['1 connecting', '1 initializing', '1 ready']);
      await host.ask({ do: 'close' });
    });

    it('lets a call wait that is made meanwhile; it is answered afterwards, and executed once', async () => {
      using network = new CabledNetwork();
      await using server = await new FarServer(network, 'streamable_http').start();
      await using host = new NearHost(network, { defaults, staggerMs: 50 });
      await host.add(server);

      network.setLink(side, 'down');
      await host.told(isFrozen);
      const call = host.call('add', { a: 1, b: 2 });
      await pause(LONGER_THAN_THAT_MS);
      network.setLink(side, 'up');

      expect((await call).error).toBeUndefined();
      expect(server.journal.executions('tools/call', 'add')).toBe(1);
      expect(changesMeanwhile(host).filter(({ to, held }) => to === 'connecting' || held !== true)).toEqual([]);
      await host.ask({ do: 'close' });
    });

    it('keeps a call that is under way while others cannot leave', async () => {
      using network = new CabledNetwork();
      await using server = await new FarServer(network, 'streamable_http').start();
      await using host = new NearHost(network, { defaults, staggerMs: 50 });
      await host.add(server);
      const underWay = host.call('sleep', { ms: 1_000 });
      await server.journal.waitFor({ kind: 'executed', name: 'sleep' });

      network.setLink(side, 'down');
      await host.told(isFrozen);
      const others = [host.call('add', { a: 1, b: 2 }), host.call('echo', { text: 'other' })];
      await host.told(({ type }) => type === 'call.retried');
      await pause(LONGER_THAN_THAT_MS);
      network.setLink(side, 'up');

      expect((await underWay).error).toBeUndefined();
      for (const other of others) expect((await other).error).toBeUndefined();
      for (const tool of ['sleep', 'add', 'echo']) expect(server.journal.executions('tools/call', tool)).toBe(1);
      expect(host.states).toEqual(['1 connecting', '1 initializing', '1 ready']);
      await host.ask({ do: 'close' });
    });

    it('holds a connection that is coming back, at no cost', async () => {
      using network = new CabledNetwork();
      await using server = await new FarServer(network, 'streamable_http').start();
      await using host = new NearHost(network, { defaults: { ...defaults, connectTimeoutMs: 1_000 }, staggerMs: 50 });
      await host.add(server);
      await server.kill();
      await host.reached('reconnecting', 2);

      network.setLink(side, 'down');
      await host.told(isFrozen);
      await host.told((event) => event.type === 'state.changed' && event.held === true);
      await pause(LONGER_THAN_THAT_MS);
      const held = await host.explain();
      await server.start();
      network.setLink(side, 'up');
      await host.told(isThawed);
      const [, { attempt }] = await Promise.all([host.call('echo', { text: 'back' }), host.reached('ready', 3)]);

      expect(held).toMatchObject({ state: 'reconnecting', held: true, parked: false });
      expect(held.text).toContain('it waits for the network');
      expect(changesMeanwhile(host).filter(({ to }) => to === 'connecting')).toEqual([]);
      const before = host.events
        .slice(0, host.events.findIndex(isFrozen))
        .filter((each) => each.type === 'state.changed');
      expect(attempt).toBeLessThanOrEqual((before.at(-1)?.attempt ?? 0) + 1);
      await host.ask({ do: 'close' });
    });
  },
);
