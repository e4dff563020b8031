import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { EmptyResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import { FaultError } from '../../../src/fault.ts';
import { FencedTransport } from '../../../src/link/fenced-transport.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { ScriptedTransport } from '../../ground/scripted-transport.ts';

watchForLeaks();

/** A fence with a journal of what its owner hears. */
function put() {
  const inner = new ScriptedTransport();
  const heard: string[] = [];
  const fence = new FencedTransport(inner, {
    opened: () => heard.push('opened'),
    heard: () => heard.push('heard'),
    faulted: (fault) => heard.push(fault.kind),
  });
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

    fence.cut();
    expect(closes).toBe(1);
    fence.cut();
    inner.onmessage?.({ jsonrpc: '2.0', id: 1, result: {} });
    inner.onopen?.();
    inner.onclose?.();

    expect([closes, messages, heard]).toEqual([1, [], []]);
  });

  it('tells its owner what the transport says', () => {
    const { inner, heard } = put();

    inner.onopen?.();
    inner.onheard?.();
    inner.onfault?.({ kind: 'stream-silent', silentMs: 1 });
    inner.onclose?.();

    expect(heard).toEqual(['opened', 'heard', 'stream-silent', 'stream-ended']);
  });

  it('lets a notification that cannot be sent fail as it is', async () => {
    const { inner, fence } = put();
    const error = new FaultError({ kind: 'stream-ended' });
    inner.carry = () => Promise.reject(error);

    await expect(fence.send({ jsonrpc: '2.0', method: 'notifications/initialized' })).rejects.toBe(error);
  });

  it('is closed without closing the transport, which belongs to its epoch', async () => {
    const { inner, fence } = put();

    await fence.close();

    expect(inner.journal).toEqual([]);
  });
});
