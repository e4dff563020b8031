import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../../src/config/defaults.ts';
import { FaultError } from '../../../../src/fault.ts';
import { waitGone } from '../../../../src/testing/processes.ts';
import { CANARY, openPuppet, Puppet, puppetCarrier } from './puppet.ts';

describe('messages of a line transport', () => {
  it('tells open, heard and message in this order', async () => {
    const puppet = await openPuppet();
    await puppet.ask('echo', { text: 'grüße' });
    expect(puppet.told).toEqual(['open', 'heard', 'message']);
    expect(puppet.messages[0]).toEqual({ jsonrpc: '2.0', id: 1, result: { text: 'grüße' } });
    await puppet.carrier.release();
  });

  it('keeps what the server said before the transport was started', async () => {
    const carrier = puppetCarrier({ flags: ['--greet', '--die=3'] });
    await carrier.start(new AbortController().signal);
    const puppet = new Puppet(carrier, carrier.createTransport());
    // The whole life of the process passes before anybody listens.
    await waitGone(puppet.pid);
    await puppet.transport.start();
    await puppet.closed;
    expect(puppet.order).toEqual(['open', 'message', 'fault', 'close']);
  });

  it('keeps 64 requests in flight apart', async () => {
    const puppet = await openPuppet();
    const numbers = Array.from({ length: 64 }, (_, number) => number);
    const results = await Promise.all(numbers.map((number) => puppet.ask('echo', { number })));
    expect(results.map((result) => result.number)).toEqual(numbers);
    await puppet.carrier.release();
  });

  it('carries texts with line breaks, one line for each message', async () => {
    const puppet = await openPuppet();
    const text = 'one\ntwo\r\nthree\u2028four\rfive';
    await expect(puppet.ask('echo', { text })).resolves.toEqual({ text });
    expect([puppet.errors, puppet.faults]).toEqual([[], []]);
    await puppet.carrier.release();
  });

  it('reports lines that are no message and goes on', async () => {
    const puppet = await openPuppet();
    await puppet.ask('raw', { text: 'listening\n\n\r\n{"level":30}\n' });
    expect(puppet.order).toEqual(['open', 'error', 'error', 'message']);
    expect(puppet.errors.every((error) => error instanceof FaultError)).toBe(true);
    expect(puppet.errors.map((error) => (error as FaultError).fault)).toEqual([
      { kind: 'malformed-message', detail: 'line on stdout is not JSON (number 1): listening' },
      {
        kind: 'malformed-message',
        detail: 'line on stdout is JSON and not a JSON-RPC message (number 2): {"level":30}',
      },
    ]);
    await expect(puppet.ask('echo', { still: 'here' })).resolves.toEqual({ still: 'here' });
    await puppet.carrier.release();
  });

  it('reports fewer and fewer of many such lines', async () => {
    const puppet = await openPuppet();
    await puppet.ask('junk', { count: 5_000 });
    const numbers = puppet.errors.map((error) => /number (\d+)/.exec(error.message)?.[1]).map(Number);
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096]);
    await puppet.carrier.release();
  });

  it('scrubs and shortens what it quotes', async () => {
    const puppet = await openPuppet();
    await puppet.ask('raw', { text: `key=${CANARY} ${'x'.repeat(100_000)}\n` });
    expect(puppet.errors[0]?.message).toContain('key=*** xxx');
    expect(puppet.errors[0]?.message.length).toBeLessThan(300);
    await puppet.carrier.release();
  });

  it('survives callbacks that throw', async () => {
    const puppet = await openPuppet();
    puppet.transport.onheard = () => {
      throw new Error('heard');
    };
    const { onmessage } = puppet.transport;
    puppet.transport.onmessage = (message) => {
      onmessage?.(message);
      throw new Error('message');
    };
    puppet.transport.onfault = () => {
      throw new Error('fault');
    };
    await expect(puppet.ask('echo', { n: 1 })).resolves.toEqual({ n: 1 });
    puppet.transport.onerror = () => {
      throw new Error('error');
    };
    await expect(puppet.ask('echo', { n: 2 })).resolves.toEqual({ n: 2 });
    expect(puppet.errors.map((error) => error.message)).toEqual(['heard', 'message']);
    process.kill(puppet.pid, 'SIGKILL');
    await puppet.closed;
    await puppet.carrier.release();
  });

  it('takes a message of 50 MB under the default limit', async () => {
    const puppet = await openPuppet();
    const { text } = await puppet.ask('big', { bytes: 50_000_000 });
    expect((text as string).length).toBe(50_000_000);
    await puppet.carrier.release();
  });

  it('ends with message-too-large at a longer line, without holding it', async () => {
    const puppet = await openPuppet({ config: { limits: { maxMessageBytes: 1_000_000 } } });
    const before = process.memoryUsage().arrayBuffers;
    void puppet.tell('endless');
    await puppet.closed;
    expect(puppet.order).toEqual(['open', 'fault', 'close']);
    expect(puppet.faults).toEqual([{ kind: 'message-too-large', limitBytes: 1_000_000 }]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
    await puppet.carrier.release();
  });

  it('is not disturbed by 2 MB on stderr', async () => {
    const puppet = await openPuppet();
    await puppet.ask('flood', { bytes: 2_000_000 });
    await puppet.tell('exit', { code: 1 });
    await puppet.closed;
    const [fault] = puppet.faults;
    expect(fault?.kind === 'process-exited' && fault.stderr.length).toBe(DEFAULTS.stderrTailLines);
    expect(fault?.kind === 'process-exited' && fault.stderr.at(-1)).toBe('end of the flood');
    await puppet.carrier.release();
  });

  it('rejects a message that JSON cannot express and goes on', async () => {
    const puppet = await openPuppet();
    await expect(puppet.ask('echo', { big: 1n })).rejects.toBeInstanceOf(TypeError);
    await expect(puppet.ask('echo', {})).resolves.toEqual({});
    await puppet.carrier.release();
  });

  it('tells close within close(), and nothing after it', async () => {
    const puppet = await openPuppet();
    void puppet.tell('echo');
    const closing = puppet.transport.close();
    expect(puppet.order).toEqual(['open', 'close']);
    await closing;
    await puppet.transport.close();
    await expect(puppet.tell('echo')).rejects.toMatchObject({ fault: { kind: 'closed' }, outcome: 'not-sent' });
    await puppet.carrier.release();
    expect(puppet.order).toEqual(['open', 'close']);
  });
});
