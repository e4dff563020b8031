import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { alive } from '../../../src/testing/processes.ts';
import { scriptedStdio } from '../../../src/testing/scripted.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { connectRaw } from '../../ground/raw-client.ts';
import { HELLO, startRaw } from '../../ground/raw-process.ts';

watchForLeaks();

describe('the stdout of a scripted stdio server', () => {
  it('carries a banner, and garbage before a reply', async () => {
    const server = scriptedStdio({
      faults: [
        { on: 'start', do: 'raw', text: 'Welcome!\n' },
        { on: 'tools/call:echo', do: 'raw', text: '{"level":"info"}\nnot json\n', times: 1 },
      ],
    });
    await using raw = await connectRaw(server.config);

    expect(await raw.callText('echo', { text: 'hello' })).toBe('hello');
    expect(raw.complaints).toHaveLength(3);
  });

  it('glues a log to a reply, so that it is lost, and recovers', async () => {
    const server = scriptedStdio({ faults: [{ on: 'tools/call', do: 'raw', text: 'log without end', times: 1 }] });
    await using raw = await connectRaw(server.config);

    await expect(raw.callText('echo', { text: 'lost' }, 200)).rejects.toMatchObject({ code: -32001 });

    expect(await raw.callText('echo', { text: 'next' })).toBe('next');
  });

  it('carries half a reply and nothing after', async () => {
    const server = scriptedStdio({ faults: [{ on: 'tools/call', do: 'half', times: 1 }] });
    await using raw = await connectRaw(server.config);

    await expect(raw.callText('echo', { text: 'x'.repeat(100) }, 200)).rejects.toMatchObject({ code: -32001 });

    await server.journal.waitFor({ kind: 'executed', name: 'echo' });
  });

  it('carries a reply to a request that nobody sent', async () => {
    const server = scriptedStdio({ faults: [{ on: 'tools/call', do: 'wrong-id', skip: 1, times: 1 }] });
    await using raw = await connectRaw(server.config);

    expect(await raw.callText('echo', { text: 'skipped' })).toBe('skipped');
    await expect(raw.callText('echo', {}, 200)).rejects.toMatchObject({ code: -32001 });
    expect(await raw.callText('echo', { text: 'after' })).toBe('after');
    expect(raw.complaints.some((complaint) => complaint.includes('unknown message ID'))).toBe(true);
  });

  it('carries a line of many megabytes', async () => {
    const child = startRaw(scriptedStdio({ faults: [{ on: 'initialize', do: 'huge', megabytes: 12 }] }));
    child.stdin.end(HELLO.initialize);

    const output = await text(child.stdout);

    const [huge = '', reply = ''] = output.split('\n');
    expect(huge.length).toBeGreaterThan(12 * 1024 * 1024);
    expect(JSON.parse(reply)).toMatchObject({ id: 1, result: { serverInfo: { name: 'scripted' } } });
  });

  it('is closed while the process lives', async () => {
    const server = scriptedStdio({ faults: [{ on: 'tools/call', do: 'cut' }] });
    await using raw = await connectRaw(server.config);
    const [{ pid } = { pid: 0 }] = server.journal.entries({ kind: 'started' });

    await expect(raw.callText('echo', {}, 200)).rejects.toMatchObject({ code: -32001 });

    expect(alive(pid)).toBe(true);
  });

  it('carries what the control channel orders', async () => {
    const server = scriptedStdio();
    await using raw = await connectRaw(server.config);
    const heard: string[] = [];
    raw.client.fallbackNotificationHandler = async ({ method }) => void heard.push(method);

    const state = await server.control({ do: 'notify', method: 'notifications/tools/list_changed', times: 3 });
    await server.control({ do: 'raw', text: 'garbage\n' });
    await raw.callText('echo');

    expect(state).toMatchObject({ conversations: 1, streams: 1 });
    expect(heard).toHaveLength(3);
    expect(raw.complaints).toHaveLength(1);
  });
});
