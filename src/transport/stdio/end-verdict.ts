/**
 * Finds out why a conversation over pipes is at its end. A dying process shows itself in several ways and in no
 * fixed order: its pipes end, a write fails, it is reaped. This waits a short, bounded time for the most telling
 * one, and for the replies that the process wrote before it went.
 */

import type { Clock, Timer } from '../../clock.ts';
import type { Fault } from '../../fault.ts';
import type { ProcessExit } from './server-process.ts';

/** How long a process whose pipe ended may take to be reaped; after that it lives and only closed the pipe. */
const PIPE_GRACE_MS = 250;
/**
 * A process is gone but its pipes stay open when a grandchild holds them. What the dead one wrote lies in the
 * system and is read within one turn of the event loop; two quiet ticks are sure to span one, since a tick that
 * falls due late is run before the pipes are read.
 */
const DRAIN_TICK_MS = 20;
const QUIET_TICKS = 2;
/** A grandchild may go on writing for ever. */
const MAX_TICKS = 10;

/** Collects what is seen of the end and decides once, through `decide`. */
export class EndVerdict {
  readonly #clock: Clock;
  readonly #readStderr: () => readonly string[];
  readonly #decide: (fault: Fault) => void;
  readonly #open = new Set<'stdout' | 'stderr'>(['stdout', 'stderr']);
  #exit: ProcessExit | undefined;
  #timer: Timer | undefined;
  #ticks = 0;
  #quietTicks = 0;

  constructor(clock: Clock, readStderr: () => readonly string[], decide: (fault: Fault) => void) {
    this.#clock = clock;
    this.#readStderr = readStderr;
    this.#decide = decide;
  }

  /** Bytes arrived: whoever writes may not be through. */
  heard(): void {
    this.#quietTicks = 0;
  }

  /** A pipe of the process ended, which is a fault of its own only when the process lives on. */
  pipeEnded(pipe: 'stdin' | 'stdout' | 'stderr'): void {
    if (pipe !== 'stdin') this.#open.delete(pipe);
    if (this.#exit !== undefined) return this.#finishIfDrained();
    if (pipe === 'stderr' || this.#timer !== undefined) return;
    this.#timer = this.#clock.setTimeout(() => this.#decide({ kind: 'pipe-closed', pipe }), PIPE_GRACE_MS);
  }

  /** The process was reaped: that is the verdict, as soon as its last words are read. */
  exited(exit: ProcessExit): void {
    this.cancel();
    this.#exit = exit;
    this.#finishIfDrained();
    if (this.#open.size > 0) this.#tick();
  }

  /** Decide nothing more. */
  cancel(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    this.#timer = this.#clock.setTimeout(() => {
      this.#ticks += 1;
      this.#quietTicks += 1;
      if (this.#quietTicks >= QUIET_TICKS || this.#ticks >= MAX_TICKS) this.#finish();
      else this.#tick();
    }, DRAIN_TICK_MS);
  }

  #finishIfDrained(): void {
    if (this.#open.size === 0) this.#finish();
  }

  #finish(): void {
    this.cancel();
    if (this.#exit !== undefined) {
      this.#decide({ kind: 'process-exited', ...this.#exit, stderr: this.#readStderr() });
    }
  }
}
