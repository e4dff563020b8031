import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';
import { systemNetwork } from '../../../src/world/network.ts';
import { type WorldFact, WorldWatch } from '../../../src/world/world-watch.ts';

/** From when it is wanted. */
const FIRST_LOOK_MS = 30;

/** A watch over a host whose network is under the control of the test. */
async function watching(isUpAtFirst = true) {
  const clock = new SimulatedClock();
  const facts: WorldFact[] = [];
  const network = { isUp: (): boolean => host.isUp };
  const host = { isUp: isUpAtFirst };
  const watch = new WorldWatch({ clock, network, tickMs: 5_000, jumpMs: 10_000, tell: (fact) => facts.push(fact) });
  watch.keep(true);
  await clock.advance(FIRST_LOOK_MS);
  return { clock, facts, host, network, watch };
}

describe('the watch over the world', () => {
  it('tells within a tick that the network is lost, and that it is back; once each', async () => {
    const { clock, facts, host } = await watching();
    await clock.advance(7_000);
    host.isUp = false;
    await clock.advance(3_000);
    expect(facts).toEqual([{ type: 'network.lost' }]);
    await clock.advance(60_000);
    host.isUp = true;
    await clock.advance(5_000);

    expect(facts).toEqual([{ type: 'network.lost' }, { type: 'network.returned' }]);
  });

  it('looks at once when a fault says that the network is gone', async () => {
    const { facts, host, watch } = await watching();
    host.isUp = false;

    watch.suspect(true);

    expect(facts).toEqual([{ type: 'network.lost' }]);
  });

  it('looks at once when anything failed, and takes only a network that was seen for lost', async () => {
    const seen = await watching();
    const unseen = await watching(false);
    seen.host.isUp = false;

    seen.watch.suspect(false);
    unseen.watch.suspect(false);

    expect(seen.facts).toEqual([{ type: 'network.lost' }]);
    expect(unseen.facts).toEqual([]);
  });

  it('says nothing when only the fault says so', async () => {
    const { facts, watch } = await watching();

    watch.suspect(true);

    expect(facts).toEqual([]);
  });

  it('takes a network that was never seen for lost only when a fault says so too', async () => {
    const { clock, facts, watch } = await watching(false);
    await clock.advance(60_000);
    expect(facts).toEqual([]);

    watch.suspect(true);

    expect(facts).toEqual([{ type: 'network.lost' }]);
  });

  it('takes a network that cannot be asked for one that is there', async () => {
    const { clock, facts, network } = await watching();
    network.isUp = () => {
      throw new Error('no');
    };

    await clock.advance(10_000);

    expect(facts).toEqual([]);
  });

  it.each([3_600_000, -3_600_000])('tells that the clock jumped by %i ms', async (gapMs) => {
    const { clock, facts } = await watching();
    await clock.advance(12_000);
    clock.set(clock.now() + gapMs);

    await clock.advance(3_000);

    expect(facts).toEqual([{ type: 'clock.jumped', gapMs }]);
  });

  it('tells first that the network is lost when a host wakes up without one', async () => {
    const { clock, facts, host } = await watching();
    clock.set(3_600_000);
    host.isUp = false;

    await clock.advance(5_000);

    expect(facts.map(({ type }) => type)).toEqual(['network.lost', 'clock.jumped']);
  });

  it('has no timer while nobody is concerned, and sees no jump in the time it did not look', async () => {
    const { clock, facts, host, watch } = await watching();
    watch.keep(false);
    expect(clock.pendingCount).toBe(0);
    clock.set(3_600_000);
    host.isUp = false;
    watch.suspect(true);
    host.isUp = true;

    watch.keep(true);
    watch.keep(true);
    await clock.advance(5_000);

    expect(facts).toEqual([]);
    expect(clock.pendingCount).toBe(1);
    watch.keep(false);
  });
});

describe('the network of the host', () => {
  it('can be asked', () => {
    expect(typeof systemNetwork.isUp()).toBe('boolean');
  });
});
