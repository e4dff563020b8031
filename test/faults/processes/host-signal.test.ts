/** The ways a host ends that it can still notice, each with servers that would outlive it. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { groupMembers, waitGroupGone } from '../../../src/testing/processes.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { Host, type HostPlan, ledgerGroups, STUBBORN, scratchDirectory, witness } from './host.ts';

watchForLeaks();

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** A host with every kind of server that outlives a careless one. */
function startHost(plan: Partial<HostPlan> = {}, handleSignals = true): Promise<Host> {
  const directory = scratchDirectory();
  const times = join(directory, 'times');
  const servers = [
    witness('bare', times, STUBBORN),
    witness('wrapped', times, STUBBORN, { inShell: true }),
    witness('parent', times, [...STUBBORN, '--grandchild']),
  ];
  const options = { handleSignals, ledger: { directory: join(directory, 'ledger') } };
  return new Host({ supervisors: [{ servers, options }], ...plan }).ready();
}

async function expectNothingLeft(host: Host): Promise<void> {
  expect(host.pids).toHaveLength(3);
  for (const pid of host.pids) await waitGroupGone(pid, 2_000);
}

describe.each(SIGNALS)('host that gets %s', (signal) => {
  it('ends by it, as it would without us, and its servers with it', async () => {
    const host = await startHost();
    host.kill(signal);

    expect(await host.ended).toEqual({ code: null, signal });
    await expectNothingLeft(host);
  });

  it('is left to its own listener, and its servers are ended when that exits', async () => {
    const host = await startHost({ listener: { signal, then: 'exit' } });
    host.kill(signal);

    expect(await host.ended).toEqual({ code: 7, signal: null });
    expect(host.heard).toEqual([signal]);
    await expectNothingLeft(host);
  });

  it('ends by it when its own listener raises it again, and the next host ends its servers', async () => {
    const host = await startHost({ listener: { signal, then: 'raise' } });
    host.kill(signal);

    expect(await host.ended).toEqual({ code: null, signal });
    expect(host.heard).toEqual([signal]);
    const options = { ledger: { directory: host.ledgerDirectory } };
    const servers = [witness('next', join(scratchDirectory(), 'times'))];
    await new Host({ supervisors: [{ servers, options }] }).ready();
    await expectNothingLeft(host);
  });
});

describe('host that gets a signal', () => {
  it('lives on when its own listener says so, and its servers do not notice', async () => {
    const host = await startHost({ listener: { signal: 'SIGHUP', then: 'stay' } });
    host.kill('SIGHUP');
    await host.until(() => host.heard.length === 1);
    const groups = ledgerGroups(host.ledgerDirectory);
    expect(new Set(groups)).toEqual(new Set(host.pids));
    for (const pid of host.pids) expect(groupMembers(pid)).not.toEqual([]);
    expect(host.events('state.changed').filter(({ to }) => to === 'reconnecting')).toEqual([]);

    // Its listener listened once, and ours is back: the second signal is the last.
    host.kill('SIGHUP');
    expect(await host.ended).toEqual({ code: null, signal: 'SIGHUP' });
    for (const group of groups) await waitGroupGone(group, 2_000);
  });

  it('leaves its servers alone with handleSignals: false', async () => {
    const host = await startHost({}, false);
    expect(host.listeners).toEqual([[0, 0, 0]]);
    host.kill('SIGTERM');

    expect(await host.ended).toEqual({ code: null, signal: 'SIGTERM' });
    for (const pid of host.pids) expect(groupMembers(pid)).not.toEqual([]);
  });

  it('carries one listener for two supervisors, ends the servers of both, and has none after both are closed', async () => {
    const directory = scratchDirectory();
    const times = join(directory, 'times');
    const options = { ledger: { directory: join(directory, 'ledger') } };
    const plan = {
      supervisors: ['one', 'two'].map((name) => ({ servers: [witness(name, times, STUBBORN)], options })),
    };
    const killed = await new Host(plan).ready();
    expect(killed.listeners).toEqual([[1, 1, 1]]);
    killed.kill('SIGINT');
    expect(await killed.ended).toEqual({ code: null, signal: 'SIGINT' });
    for (const pid of killed.pids) await waitGroupGone(pid, 2_000);

    const closed = await new Host(plan).ready();
    closed.tell('close');
    expect(await closed.ended).toEqual({ code: 0, signal: null });
    expect(closed.listeners).toEqual([
      [1, 1, 1],
      [0, 0, 0],
    ]);
  });
});

describe('host that ends by itself', () => {
  it.each([
    ['an uncaught exception', 'throw', 1],
    ['an unhandled rejection', 'reject', 1],
    ['process.exit in a listener of ours', 'exit-in-listener', 3],
  ])('takes its servers with it, by %s', async (_what, way, code) => {
    const host = await startHost();
    host.tell(way);

    expect(await host.ended).toEqual({ code, signal: null });
    await expectNothingLeft(host);
  });
});
