import { describe, expect, it } from 'vitest';
import { EventStream } from '../../../src/observe/event-stream.ts';
import type { RuntimeEvent } from '../../../src/observe/runtime-event.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';

const added = (server: string): RuntimeEvent => ({ type: 'server.added', server, epoch: 0, atMs: 0 });

function begin(size = 3) {
  let endings = 0;
  const stream = new EventStream(new SimulatedClock(7), size, () => {
    endings += 1;
  });
  const take = async () => {
    const { value } = await stream.next();
    return value === undefined ? 'end' : value.type === 'events.dropped' ? `dropped ${value.count}` : value.server;
  };
  return { stream, take, endings: () => endings };
}

describe('the event stream', () => {
  it('gives events in order, whether they were there before or are waited for', async () => {
    const { stream, take } = begin();
    stream.push(added('a'));
    const taken = [take(), take(), take()];

    stream.push(added('b'));
    stream.push(added('c'));

    expect(await Promise.all(taken)).toEqual(['a', 'b', 'c']);
  });

  it('drops the oldest when its consumer is too slow, and says how many before it goes on', async () => {
    const { stream, take } = begin(3);
    for (const name of ['a', 'b', 'c', 'd', 'e']) stream.push(added(name));

    expect([await take(), await take(), await take(), await take()]).toEqual(['dropped 2', 'c', 'd', 'e']);
  });

  it('counts what it drops anew each time it has said so', async () => {
    const { stream, take } = begin(1);
    stream.push(added('a'));
    stream.push(added('b'));
    expect([await take(), await take()]).toEqual(['dropped 1', 'b']);
    for (const name of ['c', 'd', 'e']) stream.push(added(name));

    expect([await take(), await take()]).toEqual(['dropped 2', 'e']);
  });

  it('drops nothing while its buffer is exactly full', async () => {
    const { stream, take } = begin(2);
    stream.push(added('a'));
    stream.push(added('b'));

    expect([await take(), await take()]).toEqual(['a', 'b']);
  });

  it('says when it dropped, as an event like any other', async () => {
    const { stream } = begin(0);
    stream.push(added('a'));

    expect((await stream.next()).value).toEqual({
      type: 'events.dropped',
      server: undefined,
      epoch: undefined,
      atMs: 7,
      count: 1,
    });
  });

  it('gives what is buffered after its end, then the end for ever', async () => {
    const { stream, take } = begin();
    stream.push(added('a'));
    stream.end();
    stream.push(added('b'));

    expect([await take(), await take(), await take()]).toEqual(['a', 'end', 'end']);
  });

  it('ends those that wait', async () => {
    const { stream, take } = begin();
    const taken = [take(), take()];

    stream.end();

    expect(await Promise.all(taken)).toEqual(['end', 'end']);
  });

  it('stops listening once when its loop is left, and keeps nothing', async () => {
    const { stream, take, endings } = begin();
    stream.push(added('a'));
    stream.push(added('b'));

    for await (const event of stream) {
      expect(event.server).toBe('a');
      break;
    }
    stream.push(added('c'));
    await stream.return();

    expect(endings()).toBe(1);
    expect(await take()).toBe('end');
  });
});
