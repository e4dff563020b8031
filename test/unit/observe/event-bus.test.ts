import { describe, expect, expectTypeOf, it } from 'vitest';
import type { StateChange } from '../../../src/connection/state-change.ts';
import { EventBus } from '../../../src/observe/event-bus.ts';
import type { RuntimeEvent } from '../../../src/observe/runtime-event.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';

const added = (server: string): RuntimeEvent => ({ type: 'server.added', server, epoch: 0, atMs: 0 });
const changed = (server: string): RuntimeEvent => ({
  type: 'state.changed',
  server,
  epoch: 1,
  atMs: 0,
  from: 'closed',
  to: 'connecting',
  attempt: 1,
  losses: 0,
});

function begin() {
  const clock = new SimulatedClock(7);
  const bus = new EventBus(clock, 10);
  const heard: string[] = [];
  const note = (name: string) => (event: RuntimeEvent) => void heard.push(`${name} ${event.type} ${event.server}`);
  return { clock, bus, heard, note };
}

describe('the event bus', () => {
  it('calls listeners in order, after the turn in which the event happened', async () => {
    const { clock, bus, heard, note } = begin();
    bus.on('*', note('one'));
    bus.on('*', note('two'));

    bus.publish(added('a'));
    bus.publish(added('b'));
    expect(heard).toEqual([]);
    await clock.settle();

    expect(heard).toEqual(['one server.added a', 'two server.added a', 'one server.added b', 'two server.added b']);
  });

  it('gives a listener only what it listens for; state is short for state.changed', async () => {
    const { clock, bus, heard, note } = begin();
    bus.on('state', (event) => {
      expectTypeOf(event).toEqualTypeOf<StateChange>();
      note('state')(event);
    });
    bus.on('state.changed', note('long'));
    bus.on('server.removed', note('removed'));

    bus.publish(added('a'));
    bus.publish(changed('a'));
    await clock.settle();

    expect(heard).toEqual(['state state.changed a', 'long state.changed a']);
  });

  it('keeps the order of events that a listener causes', async () => {
    const { clock, bus, heard, note } = begin();
    bus.on('state', () => bus.publish(added('caused')));
    bus.on('*', note('all'));

    bus.publish(changed('a'));
    bus.publish(added('b'));
    await clock.settle();

    expect(heard).toEqual(['all state.changed a', 'all server.added b', 'all server.added caused']);
  });

  it.each(['throws', 'rejects'])('goes on when a listener %s, and reports it by name, not by text', async (way) => {
    const { clock, bus, heard, note } = begin();
    const failures: RuntimeEvent[] = [];
    bus.on('server.added', () => {
      const error = new RangeError('canary');
      if (way === 'throws') throw error;
      return Promise.reject(error);
    });
    bus.on('server.added', note('next'));
    bus.on('listener.failed', (event) => failures.push(event));

    bus.publish(added('a'));
    await clock.settle();

    expect(heard).toEqual(['next server.added a']);
    expect(failures).toEqual([
      {
        type: 'listener.failed',
        server: undefined,
        epoch: undefined,
        atMs: 7,
        event: 'server.added',
        error: 'RangeError',
      },
    ]);
  });

  it.each(['throws', 'rejects'])('is not caught in a circle by a listener of failures that %s itself', async (way) => {
    const { clock, bus } = begin();
    let calls = 0;
    bus.on('*', () => {
      calls += 1;
      if (way === 'throws') throw new Error('no');
      return Promise.reject(new Error('no'));
    });

    bus.publish(added('a'));
    await clock.settle();

    expect(calls).toBe(2);
  });

  it('does not wait for a slow listener', async () => {
    const { clock, bus, heard, note } = begin();
    bus.on('*', () => new Promise(() => {}));
    bus.on('*', note('next'));

    bus.publish(added('a'));
    bus.publish(added('b'));
    await clock.settle();

    expect(heard).toEqual(['next server.added a', 'next server.added b']);
  });

  it('stops calling a listener that stopped listening, and no other', async () => {
    const { clock, bus, heard, note } = begin();
    const listener = note('same');
    const stop = bus.on('*', listener);
    bus.on('*', listener);

    stop();
    stop();
    bus.publish(added('a'));
    await clock.settle();

    expect(heard).toEqual(['same server.added a']);
  });

  it('delivers what is left when it is closed, then ends every stream', async () => {
    const { bus, heard, note } = begin();
    bus.on('*', note('all'));
    const stream = bus.stream();
    bus.publish(added('a'));

    bus.close();

    expect(heard).toEqual(['all server.added a']);
    expect((await stream.next()).value).toEqual(added('a'));
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('gives every stream every event', async () => {
    const { clock, bus } = begin();
    const streams = [bus.stream(), bus.stream()];
    bus.publish(added('a'));
    await clock.settle();

    for (const stream of streams) expect((await stream.next()).value).toEqual(added('a'));
    bus.close();
  });
});
