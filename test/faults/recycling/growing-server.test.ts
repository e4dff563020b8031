/** A process that really grows is taken over from, with calls going on. */

import { describe, expect, it } from 'vitest';
import { alive } from '../../../src/testing/processes.ts';
import { residentBytes } from '../../../src/transport/stdio/process-memory.ts';
import { ONE, Stand } from '../../contract/stand.ts';
import { TRANSPORTS } from '../../contract/transport-under-test.ts';
import { watchForLeaks } from '../../ground/leaks.ts';

watchForLeaks();

const QUICK = { parkedProbeMs: 200 } as const;
const GROWTH_BYTES = 60_000_000;

describe.skipIf(process.platform !== 'linux')('a server that grows', () => {
  it('is taken over from by a small one, and its process is gone', async () => {
    await using server = await TRANSPORTS.stdio.start();
    await using stand = new Stand();
    await using measured = await TRANSPORTS.stdio.start();
    const small = await stand.add(measured, {}, 'measured');
    const smallBytes = residentBytes(small.pid ?? 0) ?? Number.NaN;
    const recycle = { aboveBytes: smallBytes + GROWTH_BYTES, checkEveryMs: 50 };
    await stand.add(server, { ...QUICK, recycle });
    const firstPid = server.pid;

    // A text that is built, quoted and written is in memory several times.
    const [result] = (await stand.mcp.callTool(ONE, 'huge', { bytes: 40_000_000 })).content;
    expect(result?.type === 'text' && result.text.length).toBe(40_000_000);
    await stand.told(({ type, server: name }) => type === 'connection.retired' && name === ONE);

    expect(stand.events).toContainEqual(expect.objectContaining({ type: 'server.replaced', reason: 'recycled' }));
    expect([alive(firstPid), alive(server.pid)]).toEqual([false, true]);
    expect(await stand.text('echo', { text: 'on' })).toBe('on');
  });
});

describe.each(Object.values(TRANSPORTS))('a server of some age on $kind', (transport) => {
  it('is taken over from, again and again, and serves all the time', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server, { ...QUICK, recycle: { afterMs: 200 } });
    const isTwice = () => stand.events.filter(({ type }) => type === 'server.replaced').length >= 2;
    let made = 0;
    while (!isTwice()) {
      await stand.text('echo', { text: 'x' });
      made += 1;
    }

    expect(server.journal.executions('tools/call', 'echo')).toBe(made);
    expect(stand.states()).toEqual(['1 connecting', '1 initializing', '1 ready']);
  });
});
