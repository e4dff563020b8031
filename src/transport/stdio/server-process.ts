/**
 * The process of one stdio server while it lives and after: its pipes, its stderr tail, its group and how it
 * ended. It listens from the first moment and loses nothing: what happens before somebody observes is told then.
 * It decides nothing about what an end means.
 */

import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import type { Writable } from 'node:stream';
import { forgetAtHostExit, killAtHostExit } from './host-exit.ts';
import { forgetAtHostSignal, killAtHostSignal } from './host-signals.ts';
import type { LedgerRecord } from './ledger/record.ts';
import { ProcessGroup } from './process-group.ts';
import type { StderrTail } from './stderr-tail.ts';

/** How a process ended. */
export interface ProcessExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** What one observer is told of a process. No method may throw. */
export interface ProcessObserver {
  /** Bytes arrived on stdout. */
  received(chunk: Buffer): void;
  /** Nothing more comes on this pipe (`stdout`, `stderr`), or nothing can be written to it (`stdin`). */
  pipeEnded(pipe: 'stdin' | 'stdout' | 'stderr'): void;
  /** Bytes arrived on stderr and are in the tail. */
  stderrReceived(): void;
  /** The process itself has ended; others may still hold its pipes. */
  exited(exit: ProcessExit): void;
}

/** What the process means to its host: what ends it with the host, beside the host's `exit`, and who waits for it. */
export interface HostBond {
  /** Whether a signal that ends the host ends it. */
  readonly handleSignals: boolean;
  /** Its place in the ledger. */
  readonly record?: LedgerRecord | undefined;
  /** Told once, when it first writes to stdout. Must not throw. */
  readonly spoke: () => void;
}

/** A spawned process and everything of ours that hangs on it. */
export class ServerProcess {
  readonly group: ProcessGroup;
  /** Resolves when the process has ended and was reaped. Never rejects. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #tail: StderrTail;
  readonly #record: LedgerRecord | undefined;
  readonly #spoke: () => void;
  /** Resolves when the process has ended and all three pipes are closed. */
  readonly #closed: Promise<void>;
  readonly #endedPipes = new Set<'stdin' | 'stdout' | 'stderr'>();
  #early: Buffer[] = [];
  #observer: ProcessObserver | undefined;
  #exit: ProcessExit | undefined;
  #isHeard = false;
  #isDisposed = false;

  constructor(child: ChildProcessWithoutNullStreams, tail: StderrTail, { handleSignals, record, spoke }: HostBond) {
    this.#child = child;
    this.#tail = tail;
    this.#record = record;
    this.#spoke = spoke;
    this.group = new ProcessGroup(child);
    killAtHostExit(this.group);
    if (handleSignals) killAtHostSignal(this.group);
    this.#listen();
    this.ended = new Promise((resolve) => {
      child.once('exit', (exitCode, signal) => {
        this.#exited({ exitCode, signal });
        resolve();
      });
    });
    this.#closed = new Promise((resolve) => {
      child.once('close', () => resolve());
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get stdin(): Writable {
    return this.#child.stdin;
  }

  /** How it ended, once it has. */
  get exit(): ProcessExit | undefined {
    return this.#exit;
  }

  /** The last lines of its stderr, scrubbed and bounded. */
  readStderr(): readonly string[] {
    return this.#tail.read();
  }

  /** Tell one observer everything, from the beginning. Called once. */
  observe(observer: ProcessObserver): void {
    this.#observer = observer;
    const early = this.#early;
    this.#early = [];
    for (const chunk of early) observer.received(chunk);
    for (const pipe of this.#endedPipes) observer.pipeEnded(pipe);
    if (this.#exit !== undefined) observer.exited(this.#exit);
    this.#child.stdout.resume();
  }

  /**
   * Let go of the pipes and the process; what is still written to them is lost. Resolves when the system has
   * closed them; the process is struck off the ledger when it ends. Never rejects.
   */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    forgetAtHostExit(this.group);
    forgetAtHostSignal(this.group);
    this.#early = [];
    this.#child.stdin.destroy();
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
    // One that not even SIGKILL could end must not keep the host alive.
    if (this.#exit === undefined) this.#child.unref();
    else {
      this.#record?.strike();
      await this.#closed;
    }
  }

  #listen(): void {
    const { stdin, stdout, stderr } = this.#child;
    stdout.on('data', (chunk: Buffer) => {
      if (!this.#isHeard) this.#spoke();
      this.#isHeard = true;
      if (this.#observer !== undefined) return this.#observer.received(chunk);
      // Node resumes the pipes of a process that exits, so an early chunk may come although the pipe is paused.
      this.#early.push(chunk);
      stdout.pause();
    });
    stdout.pause();
    stderr.on('data', (chunk: Buffer) => {
      this.#tail.push(chunk);
      this.#observer?.stderrReceived();
    });
    for (const [name, pipe] of [['stdout', stdout] as const, ['stderr', stderr] as const]) {
      pipe.on('end', () => this.#pipeEnded(name));
      pipe.on('close', () => this.#pipeEnded(name));
      pipe.on('error', () => this.#pipeEnded(name));
    }
    // EPIPE is how a server that went away, or closed its stdin, shows itself; unheard it would end the host.
    stdin.on('error', () => this.#pipeEnded('stdin'));
    this.#child.on('error', () => {});
  }

  #pipeEnded(pipe: 'stdin' | 'stdout' | 'stderr'): void {
    if (this.#endedPipes.has(pipe)) return;
    this.#endedPipes.add(pipe);
    this.#observer?.pipeEnded(pipe);
  }

  #exited(exit: ProcessExit): void {
    this.#exit = exit;
    this.group.leaderExited();
    if (!this.group.alive()) {
      forgetAtHostExit(this.group);
      forgetAtHostSignal(this.group);
    }
    // One that was let go before was killed before, with all of its group.
    if (this.#isDisposed || !this.group.alive()) this.#record?.strike();
    this.#observer?.exited(exit);
  }
}
