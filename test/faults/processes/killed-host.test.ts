/** A host that is killed can end nothing: the next one ends what the ledger names, and nothing else. */

import { chmodSync, chownSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LedgerOptions } from '../../../src/index.ts';
import { alive, groupMembers, waitGroupGone } from '../../../src/testing/processes.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { Host, ledgerGroups, STUBBORN, scratchDirectory, waitForLedger, witness } from './host.ts';

watchForLeaks();

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** Whether another user reaches the program: one that was installed below a home may be closed to others. */
function mayAnybodyRun(path: string): boolean {
  const isOpen = (statSync(path).mode & 0o001) !== 0;
  return isOpen && (path === dirname(path) || mayAnybodyRun(dirname(path)));
}

interface Ground {
  readonly directory: string;
  readonly ledger: LedgerOptions;
  readonly times: string;
}

function prepare(): Ground {
  const directory = scratchDirectory();
  return { directory, ledger: { directory: join(directory, 'ledger') }, times: join(directory, 'times') };
}

const ascending = (pids: readonly number[]): number[] => [...pids].sort((one, other) => one - other);

/** Kill a host whose servers outlive that: bare, behind a launcher, with a grandchild. */
async function killHost({ ledger, times }: Ground): Promise<readonly number[]> {
  const servers = [
    witness('bare', times, STUBBORN),
    witness('obedient', times, ['--ignore-eof']),
    witness('wrapped', times, STUBBORN, { inShell: true }),
    witness('parent', times, [...STUBBORN, '--grandchild']),
  ];
  const host = await new Host({ supervisors: [{ servers, options: { ledger } }] }).ready();
  host.kill('SIGKILL');
  await host.ended;
  for (const pid of host.pids) expect(groupMembers(pid)).not.toEqual([]);
  expect(ascending(ledgerGroups(host.ledgerDirectory))).toEqual(ascending(host.pids));
  return host.pids;
}

/** Half a ledger, which a kill cut off, names nobody and is forgotten later. */
const wholeLedgers = (directory: string): string[] => readdirSync(directory).filter((name) => !name.endsWith('.new'));

function successor({ ledger, times }: Ground): Host {
  return new Host({ supervisors: [{ servers: [witness('next', times)], options: { ledger } }] });
}

describe('host that was killed', () => {
  it('leaves servers behind that the next host ends before its first server is started', async () => {
    const ground = prepare();
    const orphans = await killHost(ground);
    const next = await successor(ground).ready();
    for (const pid of orphans) expect(groupMembers(pid)).toEqual([]);
    const reaped = next.events('process.reaped').map(({ pid, signal }) => ({ pid, signal }));
    const [bare, obedient, wrapped, parent] = orphans;
    expect(reaped).toHaveLength(4);
    expect(reaped).toEqual(
      expect.arrayContaining([
        { pid: bare, signal: 'SIGKILL' },
        { pid: obedient, signal: 'SIGTERM' },
        { pid: wrapped, signal: 'SIGKILL' },
        { pid: parent, signal: 'SIGKILL' },
      ]),
    );
    expect(next.events('ledger.failed')).toEqual([]);
    expect(ledgerGroups(next.ledgerDirectory)).toEqual([...next.pids]);

    next.tell('close');
    await next.ended;
    expect(wholeLedgers(next.ledgerDirectory)).toEqual([]);
  });

  it('leaves a server behind whose launcher has gone since, which the next host ends', async () => {
    const { directory, ledger, times } = prepare();
    const servers = [witness('wrapped', times, STUBBORN, { inShell: true })];
    const host = await new Host({ supervisors: [{ servers, options: { ledger } }] }).ready();
    const [leader = Number.NaN] = host.pids;
    await waitForLedger(host.ledgerDirectory, 2);
    host.kill('SIGKILL');
    await host.ended;
    process.kill(leader, 'SIGKILL');
    const next = await successor({ directory, ledger, times }).ready();
    expect(groupMembers(leader)).toEqual([]);
    expect(next.events('process.reaped').map(({ pid }) => pid)).toEqual([leader]);
    next.tell('close');
    await next.ended;
  });

  it('is inherited by one of two hosts that start at once', async () => {
    const ground = prepare();
    const orphans = await killHost(ground);
    const heirs = await Promise.all([successor(ground).ready(), successor(ground).ready()]);
    for (const pid of orphans) await waitGroupGone(pid);
    for (const heir of heirs) heir.tell('close');
    await Promise.all(heirs.map(({ ended }) => ended));
    const reaped = heirs.flatMap((heir) => heir.events('process.reaped').map(({ pid }) => pid));
    expect(ascending(reaped)).toEqual(ascending(orphans));
    expect(heirs.flatMap((heir) => heir.events('ledger.failed'))).toEqual([]);
    expect(wholeLedgers(ground.ledger.directory ?? '')).toEqual([]);
  });

  it('is not mistaken for one that lives: its servers and its ledger are left alone', async () => {
    const ground = prepare();
    const living = await successor(ground).ready();
    const next = await successor(ground).ready();
    next.tell('close');
    await next.ended;
    expect(living.pids.every(alive)).toBe(true);
    expect(ledgerGroups(living.ledgerDirectory)).toEqual([...living.pids]);
    living.tell('close');
    await living.ended;
  });

  it('leaves no ledger with ledger: false', async () => {
    const { directory, times } = prepare();
    const servers = [witness('one', times, STUBBORN)];
    const host = await new Host({ supervisors: [{ servers, options: { ledger: false } }] }).ready();
    host.tell('close');
    expect(await host.ended).toEqual({ code: 0, signal: null });
    expect(readdirSync(directory)).toEqual(['times']);
  });
});

describe('host that cannot keep a ledger', () => {
  it.runIf(isRoot && mayAnybodyRun(process.execPath))(
    'connects all the same in a read-only directory, and tells of it once',
    async () => {
      const { directory, ledger, times } = prepare();
      chownSync(directory, NOBODY, NOBODY);
      const path = ledger.directory ?? '';
      mkdirSync(path);
      chownSync(path, NOBODY, NOBODY);
      chmodSync(path, 0o500);
      const servers = ['one', 'two'].map((name) => witness(name, times));
      const host = await new Host({ supervisors: [{ servers, options: { ledger } }], userId: NOBODY }).ready();
      host.tell('close');
      expect(await host.ended).toEqual({ code: 0, signal: null });
      const failures = host.events('ledger.failed').map(({ operation, reason }) => ({ operation, reason }));
      expect(failures).toEqual([{ operation: 'write', reason: 'EACCES' }]);
    },
  );

  it('connects all the same when no byte can be written, as on a full disk, and tells of it once', async () => {
    const { ledger } = prepare();
    const servers = ['one', 'two'].map((name) => witness(name, '/dev/null', STUBBORN));
    const host = await new Host({ supervisors: [{ servers, options: { ledger } }] }, 'ulimit -f 0').ready();
    host.tell('close');
    expect(await host.ended).toEqual({ code: 0, signal: null });
    expect(host.events('ledger.failed').map(({ reason }) => reason)).toEqual(['EFBIG']);
  });
});
