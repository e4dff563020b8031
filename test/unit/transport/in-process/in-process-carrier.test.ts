import { describe, expect, it } from 'vitest';
import type { ConnectContext, ConnectFunction } from '../../../../src/index.ts';
import { createInProcessCarrier } from '../../../../src/transport/in-process/in-process-carrier.ts';
import { ManualClock } from '../stdio/manual-clock.ts';
import { ScriptedChannel } from './channel.ts';

function carrierOf(connect: (context: ConnectContext) => unknown) {
  const config = { name: 'one', transport: 'in_process', connect: connect as ConnectFunction } as const;
  return createInProcessCarrier(config, { clock: new ManualClock(), scrub: (text) => text });
}

const NEVER = new AbortController().signal;
const unreadable = new Proxy(
  {},
  {
    get: () => {
      throw new Error('secret');
    },
  },
);

describe('the start', () => {
  it('asks for the transport, by the name of the server, and for nothing before', async () => {
    const asked: ConnectContext[] = [];
    const channel = new ScriptedChannel();
    const carrier = carrierOf((context) => {
      asked.push(context);
      return channel;
    });
    expect(asked).toEqual([]);

    await carrier.start(NEVER);
    await carrier.createTransport().start();

    expect(asked).toMatchObject([{ server: 'one', signal: { aborted: false } }]);
    expect(channel.onmessage).toBeDefined();
    expect(carrier.details).toEqual({ transport: 'in_process' });
  });

  it.each<[string, () => unknown, object]>([
    [
      'throws',
      () => {
        throw new Error('secret');
      },
      { reason: 'threw' },
    ],
    [
      'rejects',
      () => Promise.reject(Object.assign(new Error('secret'), { code: 'ENOENT' })),
      { reason: 'threw', code: 'ENOENT' },
    ],
    ['rejects with what cannot be read', () => Promise.reject(unreadable), { reason: 'threw' }],
    ['gives nothing', () => undefined, { reason: 'invalid' }],
    ['gives what is no transport', () => ({ send: () => {} }), { reason: 'invalid' }],
    [
      'gives what cannot be read',
      async () => ({
        get start() {
          throw new Error('secret');
        },
      }),
      { reason: 'invalid' },
    ],
    [
      'gives what cannot be listened to',
      () => Object.freeze({ start() {}, send() {}, close() {} }),
      { reason: 'invalid' },
    ],
    [
      'gives an end that is read from',
      () => Object.assign(new ScriptedChannel(), { onmessage() {} }),
      { reason: 'in-use' },
    ],
  ])('fails with a type when the function %s', async (_, connect, told) => {
    const starting = carrierOf(connect).start(NEVER);

    await expect(starting).rejects.toEqual(
      expect.objectContaining({ fault: { kind: 'transport-unavailable', ...told }, outcome: 'not-sent' }),
    );
    await expect(starting).rejects.not.toThrow('secret');
  });

  it('fails with a type when a transport is given twice, to whomever', async () => {
    const channel = new ScriptedChannel();
    const first = carrierOf(() => channel);
    await first.start(NEVER);
    await first.release();

    const fault = { kind: 'transport-unavailable', reason: 'in-use' };
    await expect(carrierOf(() => channel).start(NEVER)).rejects.toMatchObject({ fault });
    expect(channel.closedCount).toBe(1);
  });

  it('gives way to an abort at once, tells the function, and closes what it gives late', async () => {
    const channel = new ScriptedChannel();
    let give: () => void = () => {};
    let told: AbortSignal | undefined;
    const carrier = carrierOf(({ signal }) => {
      told = signal;
      return new Promise((resolve) => {
        give = () => resolve(channel);
      });
    });
    const stop = new AbortController();
    const starting = carrier.start(stop.signal);

    stop.abort();
    await expect(starting).rejects.toMatchObject({ fault: { kind: 'closed' }, outcome: 'not-sent' });
    expect(told?.aborted).toBe(true);

    const released = carrier.release();
    give();
    await released;
    expect(channel.closedCount).toBe(1);
  });

  it('asks for nothing when it was aborted or released before', async () => {
    const asked = () => Promise.reject(new Error('it was asked'));
    const released = carrierOf(asked);
    await released.release();

    await expect(released.start(NEVER)).rejects.toMatchObject({ fault: { kind: 'closed' } });
    await expect(carrierOf(asked).start(AbortSignal.abort())).rejects.toMatchObject({ fault: { kind: 'closed' } });
  });
});

describe('the release', () => {
  it('closes the channel once, and waits for it', async () => {
    const channel = new ScriptedChannel();
    let closed: () => void = () => {};
    channel.script.close = () =>
      new Promise<void>((resolve) => {
        closed = resolve;
      });
    const carrier = carrierOf(() => channel);
    await carrier.start(NEVER);
    let isGone = false;

    const released = carrier.release().then(() => {
      isGone = true;
    });
    await Promise.resolve();
    expect(carrier.release()).toBe(carrier.release());
    expect(isGone).toBe(false);
    await expect.poll(() => channel.closedCount).toBe(1);
    closed();
    await released;

    expect(channel.closedCount).toBe(1);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('says so when closing %s, and force asks no second time', async (_, close) => {
    const channel = new ScriptedChannel();
    channel.script.close = close;
    const carrier = carrierOf(() => channel);
    await carrier.start(NEVER);

    await expect(carrier.release()).rejects.toThrow('no');
    carrier.destroy();

    expect(channel.closedCount).toBe(1);
  });

  it('by force ends the conversation in that turn', async () => {
    const channel = new ScriptedChannel();
    channel.script.close = () => new Promise(() => {});
    const carrier = carrierOf(() => channel);
    await carrier.start(NEVER);
    const transport = carrier.createTransport();
    await transport.start();

    carrier.destroy();

    expect(channel.closedCount).toBe(1);
    await expect(transport.send({ jsonrpc: '2.0', method: 'x' })).rejects.toMatchObject({ outcome: 'not-sent' });
    expect(channel.sent).toEqual([]);
  });
});
