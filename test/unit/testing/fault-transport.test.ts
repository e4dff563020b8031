import { describe, expect, it } from 'vitest';
import { rejection } from '../../contract/stand.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { rehearse } from '../../ground/rehearsal.ts';

watchForLeaks();

/** What the supervisor says of each verb, by transport. */
const SEEN: Readonly<
  Record<'stdio' | 'sse' | 'streamable_http', Readonly<Record<'cut' | 'reset', readonly string[]>>>
> = {
  stdio: { cut: ['pipe-closed'], reset: ['process-exited'] },
  sse: { cut: ['stream-ended'], reset: ['unreachable', 'stream-ended'] },
  streamable_http: { cut: ['reply-lost'], reset: ['unreachable', 'reply-lost'] },
};

describe.each(['stdio', 'sse', 'streamable_http'] as const)('a fault transport over %s', (kind) => {
  it('passes everything while it is told nothing', async () => {
    await using scene = await rehearse(kind);
    const text = 'é'.repeat(300_000);

    await expect(scene.stand.text('echo', { text })).resolves.toBe(text);
    await expect(scene.stand.text('huge', { bytes: 2_000_000 })).resolves.toHaveLength(2_000_000);

    const { bytesToServer, bytesToClient, verbs } = scene.faults.report();
    expect(bytesToServer).toBeGreaterThan(600_000);
    expect(bytesToClient).toBeGreaterThan(2_600_000);
    expect(Object.values(verbs).every((count) => count === 0)).toBe(true);
    expect(scene.stand.states()).toEqual(['1 connecting', '1 initializing', '1 ready']);
  });

  it.each(['cut', 'reset'] as const)('fails what is under way and lets it come back: %s', async (verb) => {
    await using scene = await rehearse(kind);
    const { answer } = await scene.streaming();

    await expect(scene.faults[verb]()).resolves.toBeGreaterThan(0);

    const { error } = await rejection(answer);
    expect(error).toMatchObject({ outcome: 'unknown' });
    expect(SEEN[kind][verb]).toContain(error.fault?.kind);
    await expect(scene.stand.text('echo', { text: 'again' })).resolves.toBe('again');
    expect(scene.server.journal.executions('tools/call', 'progress')).toBe(1);
    expect(scene.faults.report().verbs[verb]).toBe(1);
  });

  it('ends a reply in its middle', async () => {
    await using scene = await rehearse(kind);

    await scene.faults.truncate();
    const { error } = await rejection(scene.stand.text('echo', { text: 'half' }));

    expect(error).toMatchObject({ outcome: 'unknown', fault: { kind: SEEN[kind].cut[0] } });
    expect(scene.server.journal.executions('tools/call', 'echo')).toBe(1);
    await expect(scene.stand.text('echo', { text: 'whole' })).resolves.toBe('whole');
  });

  it('spoils a message with garbage in front of it', async () => {
    // Without a general stream there is only the one of the reply, or none yet.
    await using scene = await rehearse(kind, {}, { getStream: false });
    const { answer } = await scene.underWay();

    await scene.faults.corrupt({ text: kind === 'stdio' ? '{"garbage": ' : 'data: {"garbage":\n' });
    await scene.server.control({ do: 'release' });

    const settled = await Promise.race([
      answer.then(
        () => 'answered',
        () => 'failed',
      ),
      soon(),
    ]);
    expect(settled).not.toBe('answered');
    await scene.stand.mcp.disconnectAll();
  });

  it('puts up with garbage that stands alone', async () => {
    await using scene = await rehearse(kind);
    const { answer } = await scene.underWay();

    await expect(scene.faults.corrupt()).resolves.toBeGreaterThan(0);
    await scene.server.control({ do: 'release' });

    await expect(answer).resolves.toBe('released');
  });

  it('floods a stream with messages, each of which arrives', async () => {
    await using scene = await rehearse(kind);
    const { answer } = await scene.underWay();
    const lists = scene.server.journal.executions('tools/list');

    const message = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    await expect(scene.faults.flood({ message, times: 3_000 })).resolves.toBeGreaterThan(0);

    await scene.server.journal.waitFor({ kind: 'executed', method: 'tools/list' }, lists + 1);
    await scene.server.control({ do: 'release' });
    await expect(answer).resolves.toBe('released');
  });

  it('holds a request back until it is told to go on', async () => {
    await using scene = await rehearse(kind);

    await scene.faults.stall({ direction: 'to-server' });
    const answer = scene.stand.text('echo', { text: 'held' });
    await soon();
    expect(scene.server.journal.executions('tools/call')).toBe(0);
    await scene.faults.resume();

    await expect(answer).resolves.toBe('held');
    expect(scene.server.journal.executions('tools/call')).toBe(1);
  });

  it('holds a reply back until it is told to go on', async () => {
    await using scene = await rehearse(kind);

    await scene.faults.stall({ direction: 'to-client' });
    const answer = scene.stand.text('echo', { text: 'held' });
    await scene.server.journal.waitFor({ kind: 'executed', name: 'echo' });
    await expect(Promise.race([answer, soon()])).resolves.toBe('nothing yet');
    await scene.faults.resume();

    await expect(answer).resolves.toBe('held');
  });

  it('is half-open while it is stalled: only a missing sign of life tells', async () => {
    const heartbeat = { intervalMs: 200, probeAfterMs: 200, timeoutMs: 200, misses: 2, busyMisses: 2 };
    await using scene = await rehearse(kind, { heartbeat, connectTimeoutMs: 1_000 });

    await scene.faults.stall();
    const change = await scene.stand.reached('reconnecting');
    await scene.faults.resume();

    expect(change.cause).toMatchObject({ kind: 'unresponsive' });
    await scene.stand.reached('ready', 2);
  });

  it('delays bytes in both directions', async () => {
    await using scene = await rehearse(kind);

    await scene.faults.delay(150);
    const startedMs = performance.now();
    await expect(scene.stand.text('echo', { text: 'late' })).resolves.toBe('late');
    const tookMs = performance.now() - startedMs;
    await scene.faults.calm();

    expect(tookMs).toBeGreaterThan(295);
  });

  it('turns new ones away until it accepts them again', async () => {
    await using scene = await rehearse(kind);

    await scene.faults.refuse();
    await scene.faults.reset();
    const refused = await scene.stand.told(
      (event) => event.type === 'state.changed' && event.to === 'reconnecting' && event.epoch > 1,
    );
    await scene.faults.accept();

    expect(refused).toMatchObject({
      cause:
        kind === 'stdio' ? { kind: 'process-exited', exitCode: 69 } : { kind: 'unreachable', errno: 'ECONNREFUSED' },
    });
    await expect(scene.stand.text('echo', { text: 'in again' })).resolves.toBe('in again');
  });

  it('ends everything when it is closed under a supervisor', async () => {
    await using scene = await rehearse(kind);

    await scene.faults.close();
    await scene.faults.close();
    await scene.stand.reached('reconnecting');

    expect(scene.faults.report().openCount).toBe(0);
  });
});

/** Long enough for what was not held to arrive. */
async function soon(): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 100));
  return 'nothing yet';
}
