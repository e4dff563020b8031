/** Runs real hosts as processes of their own, reads what they write down, and ends what a failed test left of them. */

import { type ChildProcess, spawn } from 'node:child_process';
import { on } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { RuntimeEvent, StdioServerConfig, SupervisorOptions } from '../../../src/index.ts';
import { groupMembers } from '../../../src/testing/processes.ts';
import { type LedgerEntry, parsePage } from '../../../src/transport/stdio/ledger/page.ts';

const PROGRAM = fileURLToPath(new URL('../../fixtures/processes/host.ts', import.meta.url));
const WITNESS = fileURLToPath(new URL('../../fixtures/processes/witness.mjs', import.meta.url));

/** What a host is told. */
export interface HostPlan {
  readonly supervisors: readonly {
    readonly servers: readonly StdioServerConfig[];
    readonly options: SupervisorOptions;
  }[];
  /** A signal listener of the host's own, added after its servers are there. */
  readonly listener?: { readonly signal: NodeJS.Signals; readonly then: 'stay' | 'exit' | 'raise' };
  /** Who it becomes before it starts anything. */
  readonly userId?: number;
}

/** One line of what a host writes down. */
interface HostLine {
  readonly pids?: readonly number[];
  readonly listeners?: readonly number[];
  readonly event?: RuntimeEvent;
  readonly heard?: string;
  readonly failed?: string;
}

/** How a host ended. */
export interface HostEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A directory of this test, removed with it. */
export function scratchDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'mcp-supervisor-host-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Describe a witness server; `inShell` puts it behind a launcher that stays. */
export function witness(
  name: string,
  timesFile: string,
  flags: readonly string[] = [],
  { inShell = false, ...more }: Partial<StdioServerConfig> & { readonly inShell?: boolean } = {},
): StdioServerConfig {
  const launch = [process.execPath, WITNESS, timesFile, ...flags];
  const [command = '', ...args] = inShell ? ['sh', '-c', '"$@"; true', 'sh', ...launch] : launch;
  return { name, transport: 'stdio', command, args, stdinGraceMs: 100, termGraceMs: 100, ...more };
}

export const STUBBORN = ['--ignore-eof', '--ignore-term'];

/** The process groups that the ledgers of a directory name. */
export function ledgerGroups(directory: string): number[] {
  return ledgerEntries(directory).map(({ group }) => group);
}

/** What the ledgers of a directory say. */
function ledgerEntries(directory: string): readonly LedgerEntry[] {
  // One that is being written, or was when its host was killed, does not count yet.
  const names = readdirSync(directory).filter((name) => name.endsWith('.jsonl'));
  const texts = names.map((name) => readFileSync(join(directory, name), 'utf8'));
  return texts.flatMap((text) => parsePage(text)?.entries ?? []);
}

/** Wait until every group in the ledgers is known by so many processes. */
export async function waitForLedger(directory: string, processes: number): Promise<void> {
  const watcher = watch(directory);
  try {
    const changes = on(watcher, 'change', { signal: AbortSignal.timeout(5_000) });
    while (!ledgerEntries(directory).every((entry) => entry.processes.length === processes)) await changes.next();
  } finally {
    watcher.close();
  }
}

/** A host while it runs and after. */
export class Host {
  readonly ended: Promise<HostEnd>;
  readonly ledgerDirectory: string;
  readonly #child: ChildProcess;
  readonly #lines: HostLine[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(plan: HostPlan, limits = '') {
    const ledger = plan.supervisors[0]?.options.ledger;
    this.ledgerDirectory = (typeof ledger === 'object' ? ledger.directory : undefined) ?? '';
    const shell = `${limits === '' ? '' : `${limits}; `}exec "$@"`;
    const args = ['-c', shell, 'sh', process.execPath, '--import', 'tsx', PROGRAM, JSON.stringify(plan)];
    this.#child = spawn('sh', args, { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child.stdin?.on('error', () => {});
    if (this.#child.stdout !== null) {
      createInterface({ input: this.#child.stdout }).on('line', (line) => {
        this.#lines.push(JSON.parse(line) as HostLine);
        for (const look of this.#waiting) look();
      });
    }
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => resolve({ code, signal }));
    });
    void this.ended.then(() => {
      for (const look of this.#waiting) look();
    });
    onTestFinished(async () => {
      this.#child.kill('SIGKILL');
      await this.ended;
      for (const pid of this.pids) for (const row of groupMembers(pid)) process.kill(row.pid, 'SIGKILL');
    });
  }

  get pid(): number {
    return this.#child.pid ?? Number.NaN;
  }

  /** The leaders of the groups it started, once it is ready. */
  get pids(): readonly number[] {
    return this.#lines.find(({ pids }) => pids !== undefined)?.pids ?? [];
  }

  /** The signal and exit listeners that its supervisors added (SIGTERM, SIGINT, SIGHUP, exit), at each count. */
  get listeners(): (readonly number[])[] {
    return this.#lines.map(({ listeners }) => listeners).filter((counts) => counts !== undefined);
  }

  get heard(): string[] {
    return this.#lines.map(({ heard }) => heard).filter((signal) => signal !== undefined);
  }

  events<T extends RuntimeEvent['type']>(type: T): Extract<RuntimeEvent, { type: T }>[] {
    const events = this.#lines.map(({ event }) => event).filter((event) => event?.type === type);
    return events as Extract<RuntimeEvent, { type: T }>[];
  }

  /** Wait until its servers are ready. */
  async ready(): Promise<this> {
    await this.until(() => this.pids.length > 0);
    return this;
  }

  /** Wait for something it writes down; rejects when it ends before. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (condition()) resolve();
        else if (this.#child.exitCode === null && this.#child.signalCode === null) return;
        else reject(new Error(`the host ended first: ${JSON.stringify(this.#lines)}`));
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }

  tell(way: string): void {
    this.#child.stdin?.write(`${way}\n`);
  }

  kill(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }
}
