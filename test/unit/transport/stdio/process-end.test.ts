import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/clock.ts';
import { alive, waitGone } from '../../../../src/testing/processes.ts';
import { CANARY, openPuppet, Puppet, puppetCarrier } from './puppet.ts';

describe('end of a stdio server', () => {
  it('is told with the exit code', async () => {
    const puppet = await openPuppet();
    await puppet.tell('exit', { code: 7 });
    await puppet.closed;
    expect(puppet.order).toEqual(['open', 'fault', 'close']);
    expect(puppet.faults).toEqual([{ kind: 'process-exited', exitCode: 7, signal: null, stderr: [] }]);
    await puppet.carrier.release();
  });

  it('is told with the signal', async () => {
    const puppet = await openPuppet();
    process.kill(puppet.pid, 'SIGKILL');
    await puppet.closed;
    expect(puppet.faults).toEqual([{ kind: 'process-exited', exitCode: null, signal: 'SIGKILL', stderr: [] }]);
    await puppet.carrier.release();
  });

  it('is told with the last lines of stderr, scrubbed', async () => {
    const puppet = await openPuppet();
    await puppet.ask('stderr', { text: `cannot log in with ${CANARY}\n` });
    await puppet.tell('exit', { code: 1 });
    await puppet.closed;
    const stderr = ['cannot log in with ***'];
    expect(puppet.faults).toEqual([{ kind: 'process-exited', exitCode: 1, signal: null, stderr }]);
    await puppet.carrier.release();
  });

  it('is told with what a server writes in its very last moment', async () => {
    const puppet = await openPuppet({ flags: ['--die=4'] });
    await puppet.closed;
    const stderr = ['first', 'last words, without a newline'];
    expect(puppet.faults).toEqual([{ kind: 'process-exited', exitCode: 4, signal: null, stderr }]);
    await puppet.carrier.release();
  });

  it.each([100, 60_000, 5_000_000])('comes after a last reply of %i bytes', async (replyBytes) => {
    const puppet = await openPuppet();
    const reply = puppet.ask('exit', { code: 0, replyBytes });
    await puppet.closed;
    expect(puppet.order).toEqual(['open', 'message', 'fault', 'close']);
    expect(((await reply).text as string).length).toBe(replyBytes);
    await puppet.carrier.release();
  });

  it('is told although a grandchild holds the pipes, after the last reply', async () => {
    const puppet = await openPuppet();
    const { pid: grandchild } = (await puppet.ask('grandchild')) as { pid: number };
    const reply = puppet.ask('exit', { code: 0, replyBytes: 60_000 });
    await puppet.closed;
    expect(((await reply).text as string).length).toBe(60_000);
    expect(puppet.order).toEqual(['open', 'message', 'message', 'fault', 'close']);
    expect(alive(grandchild)).toBe(true);
    await puppet.carrier.release();
    expect(alive(grandchild)).toBe(false);
  });

  it('is told although a grandchild keeps writing', async () => {
    const puppet = await openPuppet();
    await puppet.ask('grandchild', { chatty: true });
    await puppet.tell('exit', { code: 0 });
    await puppet.closed;
    expect(puppet.faults[0]?.kind).toBe('process-exited');
    const toldAtClose = puppet.told.length;
    await puppet.carrier.release();
    expect(puppet.told.length).toBe(toldAtClose);
  });

  it('comes after the last reply even when our own event loop was blocked', async () => {
    const puppet = await openPuppet();
    await puppet.ask('grandchild');
    const reply = puppet.ask('exit', { code: 0, replyBytes: 60_000 });
    const pid = puppet.pid;
    while (alive(pid)) {
      // Blocks on purpose: all timers are overdue when the loop goes on.
    }
    const untilMs = performance.now() + 300;
    while (performance.now() < untilMs) {
      // As above.
    }
    await puppet.closed;
    expect(((await reply).text as string).length).toBe(60_000);
    await puppet.carrier.release();
  });

  it('is told when the transport is started after it, and once', async () => {
    const carrier = puppetCarrier();
    await carrier.start(new AbortController().signal);
    const puppet = new Puppet(carrier, carrier.createTransport());
    process.kill(puppet.pid, 'SIGKILL');
    await waitGone(puppet.pid);
    await puppet.transport.start();
    await puppet.closed;
    await carrier.release();
    await puppet.transport.close();
    expect(puppet.order).toEqual(['open', 'fault', 'close']);
    expect(puppet.faults[0]).toMatchObject({ kind: 'process-exited', signal: 'SIGKILL' });
  });

  it('rejects what is sent afterwards, nothing sent', async () => {
    const puppet = await openPuppet();
    process.kill(puppet.pid, 'SIGKILL');
    await puppet.closed;
    const kind = 'process-exited';
    await expect(puppet.tell('echo')).rejects.toMatchObject({ fault: { kind }, outcome: 'not-sent' });
    await puppet.carrier.release();
  });

  it('is a closed pipe when the process lives and closed its stdout', async () => {
    const puppet = await openPuppet();
    await puppet.tell('closeStdout');
    await puppet.closed;
    expect(puppet.order).toEqual(['open', 'fault', 'close']);
    expect(puppet.faults).toEqual([{ kind: 'pipe-closed', pipe: 'stdout' }]);
    expect(alive(puppet.pid)).toBe(true);
    await puppet.carrier.release();
  });

  it('is a closed pipe when the process lives and closed its stdin, found by the next write', async () => {
    const puppet = await openPuppet();
    await puppet.ask('closeStdin');
    const fault = { kind: 'pipe-closed', pipe: 'stdin' };
    await expect(puppet.tell('echo')).rejects.toMatchObject({ fault, outcome: 'not-sent' });
    await puppet.closed;
    expect(puppet.faults).toEqual([fault]);
    expect(alive(puppet.pid)).toBe(true);
    await puppet.carrier.release();
  });

  it('is an exit, not a closed pipe, when a write fails because the process is dying', async () => {
    const puppet = await openPuppet();
    const pid = puppet.pid;
    process.kill(pid, 'SIGKILL');
    // A thread that still ends holds the pipes open, and the system would take the write.
    while (alive(pid) || readdirSync(`/proc/${pid}/task`).length > 1) {
      // Blocks on purpose: the write below must meet a dead process that was not reaped yet.
    }
    await expect(puppet.tell('echo')).rejects.toMatchObject({
      fault: { kind: 'process-exited', signal: 'SIGKILL' },
      outcome: 'not-sent',
    });
    await puppet.closed;
    expect(puppet.order).toEqual(['open', 'fault', 'close']);
    await puppet.carrier.release();
  });

  it('sets no timer on the way of a call', async () => {
    let timerCount = 0;
    const clock = {
      ...systemClock,
      setTimeout: (callback: () => void, delayMs: number) => {
        timerCount += 1;
        return systemClock.setTimeout(callback, delayMs);
      },
    };
    const puppet = await openPuppet({ clock });
    for (let call = 0; call < 20; call += 1) await puppet.ask('echo', { call });
    expect(timerCount).toBe(0);
    await puppet.carrier.release();
  });
});
