import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { EmptyResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { DEFAULTS } from '../../../src/config/defaults.ts';
import { limitsOf } from '../../../src/config/limits.ts';
import { FaultError } from '../../../src/fault.ts';
import { FencedTransport } from '../../../src/link/fenced-transport.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { ScriptedTransport } from '../../ground/scripted-transport.ts';

watchForLeaks();

/** A fence with a journal of what its owner hears. */
function put(limits = {}) {
  const inner = new ScriptedTransport();
  const heard: string[] = [];
  const fence = new FencedTransport(
    inner,
    {
      opened: () => heard.push('opened'),
      listening: () => heard.push('listening'),
      heard: () => heard.push('heard'),
      ending: (fault) => heard.push(`ending ${fault.kind}`),
      faulted: (fault) => heard.push(fault.kind),
    },
    { clock: systemClock, limits: limitsOf({ limits }) },
  );
  return { inner, fence, heard };
}

describe('the fence', () => {
  it('leaves no handler in the SDK behind requests that cannot be sent', async () => {
    const { inner, fence } = put();
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(fence);
    inner.carry = () => Promise.reject(new FaultError({ kind: 'unreachable', errno: 'ECONNRESET' }));

    for (let time = 0; time < 20; time += 1) {
      const options = { timeout: 1_000, onprogress: () => {} };
      await client.request({ method: 'ping' }, EmptyResultSchema, options).catch(() => {});
    }

    // The SDK offers no count of its handlers; these are the maps it keeps them in.
    const sizes = ['_responseHandlers', '_progressHandlers', '_timeoutInfo'].map(
      (name) => Reflect.get(client, name).size,
    );
    expect(sizes).toEqual([0, 0, 0]);
    await client.close();
  });

  it('rejects what is pending in the turn in which it is cut, and lets nothing through after it', async () => {
    const { inner, fence, heard } = put();
    const messages: unknown[] = [];
    let closes = 0;
    fence.onmessage = (message) => messages.push(message);
    fence.onclose = () => {
      closes += 1;
    };

    fence.cut({ kind: 'stream-ended' });
    expect(closes).toBe(1);
    fence.cut({ kind: 'stream-ended' });
    inner.onmessage?.({ jsonrpc: '2.0', id: 1, result: {} });
    inner.onopen?.();
    inner.onlistening?.();
    inner.onclose?.();

    expect([closes, messages, heard]).toEqual([1, [], []]);
  });

  it('tells its owner what the transport says', () => {
    const { inner, heard } = put();

    inner.onopen?.();
    inner.onheard?.();
    inner.onlistening?.();
    inner.onfault?.({ kind: 'stream-silent', silentMs: 1 });
    inner.onclose?.();

    expect(heard).toEqual(['opened', 'heard', 'listening', 'ending stream-silent', 'stream-ended']);
  });

  it('lets a notification that cannot be sent fail as it is', async () => {
    const { inner, fence } = put();
    const error = new FaultError({ kind: 'stream-ended' });
    inner.carry = () => Promise.reject(error);

    await expect(fence.send({ jsonrpc: '2.0', method: 'notifications/initialized' })).rejects.toBe(error);
  });

  it('tells a request that never left from those that may have run, when it is cut', async () => {
    const { inner, fence } = put();
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(fence);
    inner.carry = () => new Promise(() => {});
    Object.assign(inner, { recall: (id: number) => id % 2 === 1 });
    const failures = [1, 2].map(() =>
      client.request({ method: 'ping' }, EmptyResultSchema).catch((error: { data?: unknown }) => error.data),
    );
    await Promise.resolve();

    fence.cut({ kind: 'stream-ended' });

    const [odd, even] = await Promise.all(failures);
    expect(odd).toMatchObject({ fault: { kind: 'stream-ended' }, outcome: 'not-sent' });
    expect(even).toBeUndefined();
  });

  it('faults when more comes unasked than is allowed, and lets replies pass in any number', async () => {
    const { inner, fence, heard } = put({ maxMessagesPerSecond: 100 });
    const methods: unknown[] = [];
    fence.onmessage = (message) => methods.push(message);

    for (let id = 0; id < 1_000; id += 1) inner.onmessage?.({ jsonrpc: '2.0', id, result: {} });
    expect(methods).toHaveLength(1_000);
    for (let n = 0; n < 150; n += 1) inner.onmessage?.({ jsonrpc: '2.0', method: 'notifications/x' });

    expect(heard[0]).toBe('flooded');
    expect(methods.length).toBeLessThan(1_150);
  });

  it('faults when more answers are under way than are allowed, and carries none after it is cut', async () => {
    const { inner, fence, heard } = put();
    let carried = 0;
    let carry: () => void = () => {};
    const carrying = new Promise<void>((resolve) => {
      carry = resolve;
    });
    inner.carry = () => {
      carried += 1;
      return carrying;
    };
    const answer = (id: number): Promise<void> => fence.send({ jsonrpc: '2.0', id, result: {} });

    const allowed = Array.from({ length: DEFAULTS.maxServerRequests }, (_, id) => answer(id));
    expect(heard).toEqual([]);
    await answer(-1);
    expect([carried, heard]).toEqual([DEFAULTS.maxServerRequests, ['flooded']]);

    carry();
    await Promise.all(allowed);
    fence.cut({ kind: 'stream-ended' });
    await answer(-2);
    expect(carried).toBe(DEFAULTS.maxServerRequests);
  });

  it('carries any number of answers one after the other', async () => {
    const { fence, heard } = put();

    for (let id = 0; id <= 2 * DEFAULTS.maxServerRequests; id += 1)
      await fence.send({ jsonrpc: '2.0', id, result: {} });

    expect(heard).toEqual([]);
  });

  it('is closed without closing the transport, which belongs to its epoch', async () => {
    const { inner, fence } = put();

    await fence.close();

    expect(inner.journal).toEqual([]);
  });
});
