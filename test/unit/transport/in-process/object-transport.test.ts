import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import type { Fault, FaultError } from '../../../../src/fault.ts';
import { ObjectTransport } from '../../../../src/transport/in-process/object-transport.ts';
import { SENT } from '../../../../src/transport/transport.ts';
import { ManualClock } from '../stdio/manual-clock.ts';
import { ScriptedChannel } from './channel.ts';

/** Whoever looks into it is told no. */
const unreadable = new Proxy(
  {},
  {
    get: () => {
      throw new Error('secret');
    },
    ownKeys: () => ['secret'],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  },
);
const PING: JSONRPCMessage = { jsonrpc: '2.0', id: 1, method: 'ping' };
const PONG: JSONRPCMessage = { jsonrpc: '2.0', id: 1, result: {} };

function open(limits = { maxMessageValues: 100, maxMessagesPerSecond: 20 }) {
  const channel = new ScriptedChannel();
  const clock = new ManualClock();
  const transport = new ObjectTransport(channel, { clock, limits });
  const story: string[] = [];
  const faults: Fault[] = [];
  const errors: Error[] = [];
  const received: JSONRPCMessage[] = [];
  transport.onopen = () => story.push('open');
  transport.onheard = () => story.push('heard');
  transport.onmessage = (message) => {
    story.push('message');
    received.push(message);
  };
  transport.onfault = (fault) => {
    story.push(`fault ${fault.kind}`);
    faults.push(fault);
  };
  transport.onclose = () => story.push('close');
  transport.onerror = (error) => errors.push(error);
  return { channel, transport, story, faults, errors, received };
}

async function opened(limits?: Parameters<typeof open>[0]) {
  const ground = open(limits);
  await ground.transport.start();
  ground.story.length = 0;
  return ground;
}

const failureOf = (sending: Promise<void>): Promise<FaultError> =>
  sending.then(
    () => Promise.reject(new Error('it was sent')),
    (error: FaultError) => error,
  );

describe('sending', () => {
  it('hands over the object itself, and has nothing to wait for where the channel has not', async () => {
    const { channel, transport } = await opened();

    const sending = transport.send(PING);

    expect(channel.sent[0]).toBe(PING);
    expect(sending).toBe(SENT);
  });

  it.each([
    [
      'throws',
      () => {
        throw Object.assign(new Error('secret'), { code: 'EPIPE' });
      },
    ],
    ['rejects', () => Promise.reject(Object.assign(new Error('secret'), { code: 'EPIPE' }))],
  ])('fails when the channel %s: it had the message, so nothing is known of it', async (_, send) => {
    const { channel, transport, story } = await opened();
    channel.script.send = send;

    const { fault, outcome, message } = await failureOf(transport.send(PING));

    expect({ fault, outcome }).toEqual({ fault: { kind: 'unreachable', errno: 'EPIPE' }, outcome: 'unknown' });
    expect(message).not.toContain('secret');
    expect(story).toEqual([]);
  });

  it.each([
    ['nothing', undefined],
    ['a text', 'secret'],
    ['an error whose code is a text', Object.assign(new Error(), { code: 'not a code' })],
    ['an object that cannot be read', unreadable],
  ])('says no more of %s that is thrown', async (_, thrown) => {
    const { channel, transport } = await opened();
    channel.script.send = () => Promise.reject(thrown);

    expect((await failureOf(transport.send(PING))).fault).toEqual({ kind: 'unreachable', errno: 'UNKNOWN' });
  });

  it('is certainly not sent once the channel is closed', async () => {
    const { channel, transport } = await opened();
    channel.onclose?.();

    expect(await failureOf(transport.send(PING))).toMatchObject({
      fault: { kind: 'stream-ended' },
      outcome: 'not-sent',
    });
    expect(channel.sent).toEqual([]);
  });

  it('takes a reply that comes before it returns', async () => {
    const { channel, transport, story, received } = await opened();
    channel.script.send = () => channel.deliver(PONG);

    void transport.send(PING).then(() => story.push('sent'));

    expect(story).toEqual(['heard', 'message']);
    expect(received[0]).toBe(PONG);
  });
});

describe('receiving', () => {
  it('says that it is open before it hands on what waited', async () => {
    const { channel, transport, story } = open();
    channel.script.start = async () => channel.deliver(PONG);

    await transport.start();

    expect(story).toEqual(['open', 'heard', 'message']);
  });

  it.each([
    ['nothing', undefined],
    ['a text', '{"jsonrpc":"2.0","id":1,"result":{}}'],
    ['an object that is no message', { id: 1, result: {} }],
    ['a batch', [PONG]],
    ['a function', () => PONG],
    ['an object that cannot be read', unreadable],
    ['a notification that cannot be read', { jsonrpc: '2.0', method: 'x', params: unreadable }],
    ['a notification with a function', { jsonrpc: '2.0', method: 'x', params: { call: () => {} } }],
  ])('drops %s, tells it, and goes on', async (_, value) => {
    const { channel, errors, story, received } = await opened();

    channel.deliver(value);
    channel.deliver(PONG);

    expect(errors).toMatchObject([{ fault: { kind: 'malformed-message' } }]);
    expect(errors[0]?.message).not.toContain('secret');
    expect(story).toEqual(['heard', 'message']);
    expect(received).toEqual([PONG]);
  });

  it('tells each of the first ten, and then fewer and fewer', async () => {
    const { channel, errors } = await opened({ maxMessageValues: 100, maxMessagesPerSecond: 1_000 });

    for (let count = 0; count < 100; count += 1) channel.deliver(null);

    expect(errors).toHaveLength(13);
    expect(errors.at(-1)?.message).toContain('number 64');
  });

  it('ends when there are too many a second', async () => {
    const { channel, faults } = await opened();

    for (let count = 0; count < 21; count += 1) channel.deliver(null);

    expect(faults).toEqual([{ kind: 'flooded', what: 'values that are no messages' }]);
  });

  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const doubled = Array.from({ length: 20 }).reduce<unknown>((inner) => [inner, inner], []);
  it.each([
    ['an array', Array.from({ length: 101 }, () => 0)],
    ['an array of holes', Object.assign([], { length: 1_000_000_000 })],
    ['an object', Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`m${index}`, 0]))],
    ['itself', cycle],
    ['the same twice, and so on', doubled],
  ])('ends over a message that holds too much: %s', async (_, result) => {
    const { channel, faults, received } = await opened();

    channel.deliver({ ...PONG, result: { result } });

    expect(faults).toEqual([{ kind: 'flooded', what: 'values in one message' }]);
    expect(received).toEqual([]);
  });

  it.each([
    ['a function', () => {}],
    ['a bigint', 1n],
    ['a symbol', Symbol('secret')],
    ['bytes', new Uint8Array(1_000_000)],
    ['what cannot be read', unreadable],
  ])('fails the request whose reply holds %s, and goes on', async (_, value) => {
    const { channel, errors, received, faults } = await opened();

    channel.deliver({ ...PONG, result: { list: [{ value }] } });
    channel.deliver({ ...PONG, result: { list: [value] } });

    const data = {
      fault: { kind: 'malformed-message', detail: 'the reply holds what JSON has not' },
      outcome: 'unknown',
    };
    expect(received).toMatchObject([
      { id: 1, error: { data } },
      { id: 1, error: { data } },
    ]);
    expect(errors).toHaveLength(2);
    expect(faults).toEqual([]);
  });

  it('lets a message pass that holds as much as it may', async () => {
    const { channel, received } = await opened();

    // Three members of the message, one of its result, and the elements.
    channel.deliver({ ...PONG, result: { list: Array.from({ length: 96 }, () => undefined) } });

    expect(received).toHaveLength(1);
  });

  it('hands on what is changed afterwards: it is nobody’s copy', async () => {
    const { channel, received } = await opened();
    const message = { jsonrpc: '2.0' as const, id: 1, result: { text: 'before' } };

    channel.deliver(message);
    message.result.text = 'after';

    expect(received).toEqual([{ jsonrpc: '2.0', id: 1, result: { text: 'after' } }]);
  });

  it('keeps what its callbacks throw from the channel', async () => {
    const { channel, transport, errors } = await opened();
    const thrown = new Error('of the reader');
    const fail = () => {
      throw thrown;
    };
    transport.onheard = fail;
    transport.onmessage = fail;

    channel.deliver(PONG);

    expect(errors).toEqual([thrown, thrown]);
  });

  it('survives callbacks of all kinds that throw, the one for errors too', async () => {
    const { channel, transport } = open();
    const fail = () => {
      throw new Error('of the reader');
    };
    Object.assign(transport, { onopen: fail, onmessage: fail, onfault: fail, onclose: fail, onerror: fail });

    await transport.start();
    channel.deliver(PONG);
    channel.onclose?.();

    expect((await failureOf(transport.send(PING))).fault).toEqual({ kind: 'stream-ended' });
  });
});

describe('the end', () => {
  it('is told in order, once, when the channel closes; nothing comes after it', async () => {
    const { channel, story } = await opened();

    channel.onclose?.();
    channel.onclose?.();
    channel.deliver(PONG);

    expect(story).toEqual(['fault stream-ended', 'close']);
  });

  it('is told to whoever the channel told before, too', async () => {
    const channel = new ScriptedChannel();
    const told: string[] = [];
    channel.onclose = () => {
      told.push('host');
      throw new Error('of the host');
    };
    const limits = { maxMessageValues: 100, maxMessagesPerSecond: 20 };
    const transport = new ObjectTransport(channel, { clock: new ManualClock(), limits });
    transport.onclose = () => told.push('link');
    await transport.start();

    channel.onclose();

    expect(told).toEqual(['host', 'link']);
  });

  it('comes within close, which is no fault', async () => {
    const { channel, transport, story } = await opened();

    void transport.close();
    channel.onclose?.();

    expect(story).toEqual(['close']);
    expect(channel.closedCount).toBe(0);
  });

  it('of a channel that closes before it is started fails the start', async () => {
    const { channel, transport } = open();
    channel.onclose?.();

    await expect(transport.start()).rejects.toMatchObject({ fault: { kind: 'stream-ended' }, outcome: 'not-sent' });
  });

  it('of a channel that cannot be started is typed', async () => {
    const { channel, transport, story } = open();
    channel.script.start = () => Promise.reject(Object.assign(new Error('secret'), { code: 'ECONNREFUSED' }));

    const fault = { kind: 'transport-unavailable', reason: 'not-started', code: 'ECONNREFUSED' };
    await expect(transport.start()).rejects.toMatchObject({ fault, outcome: 'not-sent' });
    expect(story).toEqual([]);
  });

  it('of a channel that closes while it is started is that of the channel', async () => {
    const { channel, transport, story } = open();
    channel.script.start = () => {
      channel.onclose?.();
      return new Promise(() => {});
    };

    await expect(transport.start()).rejects.toMatchObject({ fault: { kind: 'stream-ended' } });
    expect(story).toEqual([]);
  });
});
