/**
 * Looks through the ledgers of hosts that are dead, takes each over by one rename, so that of two hosts only one does,
 * and has what they name ended. Ledgers of living hosts, of other machines and of other containers are left alone.
 */

import { readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../../clock.ts';
import type { ProcessReport } from '../../process-report.ts';
import { readErrno } from '../errno.ts';
import { type ProcessStatus, readStatus } from '../process-identity.ts';
import { assertPrivateDirectory, readPrivateFile } from './directory.ts';
import { type LedgerPage, pageName, pageOwner, parsePage } from './page.ts';
import { type Reaping, reapGroup } from './reaper.ts';

/** Ledgers that are looked at in one go; a directory that holds more is worked off by the next hosts. */
const MAX_LEDGERS = 256;
/**
 * A ledger of another place, and half of one of an unknown place, is forgotten after a month: nobody there renewed it, or the
 * system was started again.
 */
const FOREIGN_MAX_AGE_MS = 30 * 24 * 3_600_000;

/** Who inherits, and what is told. */
export interface Heir {
  readonly directory: string;
  readonly place: string;
  readonly self: ProcessStatus;
  /** Makes the unique part of a name. */
  readonly unique: () => string;
  readonly clock: Clock;
  readonly report: (report: ProcessReport) => void;
}

/** End what dead hosts left behind. A ledger that cannot be read harms no other. Never rejects. */
export async function inheritLedgers(heir: Heir): Promise<void> {
  try {
    await assertPrivateDirectory(heir.directory);
    const names = (await readdir(heir.directory)).filter(isOrphaned).slice(0, MAX_LEDGERS);
    await Promise.all(names.map((name) => inherit(name, heir).catch((error: unknown) => tellFailure(error, heir))));
  } catch (error) {
    tellFailure(error, heir);
  }
}

function isOrphaned(name: string): boolean {
  const owner = pageOwner(name);
  return owner !== undefined && readStatus(owner.pid)?.startTime !== owner.startTime;
}

async function inherit(name: string, heir: Heir): Promise<void> {
  const path = join(heir.directory, name);
  const isTorn = pageOwner(name)?.isTorn;
  const page = await readPage(path);
  const isForeign = page.ledger === undefined ? isTorn : page.ledger.place !== heir.place;
  if (isForeign) {
    if (heir.clock.now() - page.writtenAtMs > FOREIGN_MAX_AGE_MS) await unlink(path);
    return;
  }
  // The ledger that this should have replaced names the same groups.
  if (isTorn) return unlink(path);
  const own = join(heir.directory, pageName(heir.self, heir.unique()));
  await rename(path, own);
  if (page.ledger === undefined) tell('read', 'GARBLED', heir);
  const reapings = await Promise.all((page.ledger?.entries ?? []).map((entry) => reap(entry.group, entry, heir)));
  // What could not be ended stays ours, and is the next host's when we are gone.
  if (reapings.every(({ kind }) => kind !== 'failed')) await unlink(own);
}

async function readPage(path: string): Promise<{ ledger: LedgerPage | undefined; writtenAtMs: number }> {
  try {
    const { text, writtenAtMs } = await readPrivateFile(path);
    return { ledger: parsePage(text), writtenAtMs };
  } catch (error) {
    if (readErrno(error) === 'GARBLED') return { ledger: undefined, writtenAtMs: 0 };
    throw error;
  }
}

async function reap(pid: number, entry: LedgerPage['entries'][number], heir: Heir): Promise<Reaping> {
  const reaping = await reapGroup(entry, heir.clock);
  if (reaping.kind === 'failed') tell('reap', reaping.errno, heir);
  if (reaping.kind === 'ended') {
    const { signal } = reaping;
    heir.report({ type: 'process.reaped', ...nowhere(heir), pid, signal });
  }
  return reaping;
}

/** `ENOENT`: there is no directory yet, or another host was faster. */
function tellFailure(error: unknown, heir: Heir): void {
  const reason = readErrno(error);
  if (reason !== 'ENOENT') tell('read', reason, heir);
}

function tell(operation: 'read' | 'reap', reason: string, heir: Heir): void {
  heir.report({ type: 'ledger.failed', ...nowhere(heir), operation, reason });
}

function nowhere({ clock }: Heir) {
  return { server: undefined, epoch: undefined, atMs: clock.now() } as const;
}
