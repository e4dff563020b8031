/**
 * The carrier of a stdio server: a child process in its own group. It owns the process from spawn until nothing
 * of the group runs, and makes the one transport over its pipes. It never restarts anything.
 */

import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { DEFAULTS } from '../../config/defaults.ts';
import { limitsOf } from '../../config/limits.ts';
import type { StdioServerConfig } from '../../config/server-config.ts';
import { FaultError } from '../../fault.ts';
import type { CarrierDetails } from '../carrier-details.ts';
import type { Carrier, CarrierContext, StartTurn, Transport } from '../transport.ts';
import { endProcess } from './exit-ladder.ts';
import { type Ledger, type LedgerContext, openLedger } from './ledger/ledger.ts';
import type { LedgerRecord } from './ledger/record.ts';
import { LineTransport } from './line-transport.ts';
import { residentBytes } from './process-memory.ts';
import { ServerProcess } from './server-process.ts';
import { showServerText } from './server-text.ts';
import { checkWorkingDirectory, spawnServer } from './spawn.ts';
import { type StartPlace, startWindow } from './start-window.ts';
import { StderrTail } from './stderr-tail.ts';

/** Characters of the command that a fault shows. */
const COMMAND_CHARS = 500;

/**
 * Make the carrier of a stdio server. Nothing runs before `start`.
 *
 * The process leads its own group and is ended with all of it: launchers such as `npx` or `sh -c` and what they
 * started. Groups are POSIX; on Windows only the child itself is ended, and commands that are batch files
 * (`npx.cmd`) must be run through `cmd /c`. A process that leaves its group on its own is out of reach.
 *
 * **Errors** `start` rejects with `FaultError`, outcome `not-sent`: `working-directory-missing`,
 * `command-not-found`, `command-not-executable`, `spawn-failed`, or `closed` when it was aborted or released.
 * **Bounds** `release` takes at most `stdinGraceMs + termGraceMs` and two seconds.
 */
export function createProcessCarrier(config: StdioServerConfig, context: CarrierContext): Carrier {
  return new ProcessCarrier(config, context);
}

class ProcessCarrier implements Carrier {
  readonly #config: StdioServerConfig;
  readonly #context: CarrierContext;
  #begun = false;
  /** By the first of `release`, `destroy` and whoever gives up the start. */
  #isEnding = false;
  #giveUpStart = (): void => {};
  #ledger: { readonly book: Ledger; readonly context: LedgerContext } | undefined;
  #server: ServerProcess | undefined;
  #record: LedgerRecord | undefined;
  #transport: LineTransport | undefined;
  #released: Promise<void> | undefined;

  constructor(config: StdioServerConfig, context: CarrierContext) {
    this.#config = config;
    this.#context = context;
  }

  get details(): CarrierDetails {
    return { transport: 'stdio', pid: this.#server?.pid };
  }

  recentStderr(): readonly string[] {
    return this.#server?.readStderr() ?? [];
  }

  residentBytes(): number | undefined {
    const pid = this.#server?.pid;
    return pid === undefined ? undefined : residentBytes(pid);
  }

  start(signal: AbortSignal, turn?: StartTurn): Promise<void> {
    if (this.#begun) return Promise.reject(new Error('a carrier is started once'));
    this.#begun = true;
    // What cannot be taken back gives way at once, and goes on by itself.
    return new Promise((resolve, reject) => {
      this.#giveUpStart = () => reject(new FaultError({ kind: 'closed' }, 'not-sent'));
      const end = () => this.#end();
      if (signal.aborted || this.#isEnding) end();
      else signal.addEventListener('abort', end, { once: true });
      // Before anybody hears of it: what is released then aborts the signal.
      const settle = (tell: () => void) => {
        signal.removeEventListener('abort', end);
        this.#giveUpStart = () => {};
        tell();
      };
      this.#start(turn).then(
        () => settle(resolve),
        (error: unknown) => settle(() => reject(error)),
      );
    });
  }

  createTransport(): Transport {
    if (this.#server === undefined) throw new Error('the carrier is not started');
    if (this.#transport !== undefined) throw new Error('a carrier makes one transport');
    this.#transport = new LineTransport(this.#server, {
      clock: this.#context.clock,
      scrub: this.#context.scrub,
      limits: limitsOf(this.#config),
    });
    return this.#transport;
  }

  release(): Promise<void> {
    this.#end();
    this.#released ??= this.#release();
    return this.#released;
  }

  destroy(): void {
    this.#end();
    this.#server?.group.signal('SIGKILL');
    void this.#server?.dispose();
  }

  #end(): void {
    this.#isEnding = true;
    this.#giveUpStart();
  }

  async #start(turn: StartTurn | undefined): Promise<void> {
    const { cwd, command } = this.#config;
    if (cwd !== undefined) await checkWorkingDirectory(cwd);
    // What a killed host left behind may hold what the new process needs: a port, a lock.
    this.#ledger = ledgerOf(this.#context);
    const inherited = this.#inherit();
    if (inherited !== undefined) await inherited;
    // Whoever asked has been told already; what matters is that no process comes to life behind its back.
    if (this.#isEnding) return;
    const entering = startWindow.enter();
    const isQueued = entering instanceof Promise;
    if (isQueued) turn?.awaited();
    const place = isQueued ? await entering : entering;
    if (this.#isEnding) return place.leave();
    if (isQueued) turn?.had();
    const showCommand = () => showServerText(Buffer.from(command), false, COMMAND_CHARS, this.#context.scrub);
    try {
      await spawnServer(this.#config, showCommand, (child) => this.#adopt(child, place));
    } catch (error) {
      place.leave();
      throw error;
    }
    // Before it is used: a host that is killed from now on leaves nothing behind that nobody names.
    await this.#record?.entered;
  }

  #adopt(child: ChildProcessWithoutNullStreams, place: StartPlace): void {
    const { scrub, processes } = this.#context;
    const record = child.pid === undefined ? undefined : this.#ledger?.book.enter(child.pid, this.#ledger.context);
    this.#record = record;
    const spoke = () => {
      place.leave();
      record?.refresh();
    };
    const bond = { handleSignals: processes?.handleSignals ?? true, record, spoke };
    this.#server = new ServerProcess(child, new StderrTail(limitsOf(this.#config).stderrTailLines, scrub), bond);
    void this.#server.ended.then(place.leave);
  }

  #inherit(): Promise<void> | undefined {
    return this.#ledger?.book.inherit(this.#ledger.context);
  }

  async #release(): Promise<void> {
    // What the start began is over before the end is.
    await this.#inherit();
    if (this.#server === undefined) return;
    const stdinGraceMs = this.#config.stdinGraceMs ?? DEFAULTS.stdinGraceMs;
    const termGraceMs = this.#config.termGraceMs ?? DEFAULTS.termGraceMs;
    await endProcess(this.#server, { stdinGraceMs, termGraceMs }, this.#context.clock);
    await this.#server.dispose();
    this.#transport?.conclude();
  }
}

function ledgerOf({ clock, processes }: CarrierContext): { book: Ledger; context: LedgerContext } | undefined {
  if (processes === undefined || processes.ledger === false) return undefined;
  const context = { clock, report: processes.report };
  const book = openLedger(processes.ledger, context);
  return book === undefined ? undefined : { book, context };
}
