/**
 * A process group of ours, as a thing that can be signalled and asked whether it lives. A server is the leader
 * of its own group, so launchers (`npx`, `sh -c`) and what they start are reached together. It never signals a
 * group that was once found empty, because its number may belong to somebody else by then.
 */

import type { ChildProcess } from 'node:child_process';
import { listPids, readStatus } from './process-identity.ts';

/**
 * The group that a child process leads.
 *
 * A process that left the group (`setsid`, job control) is out of reach. On Windows there are no groups: only
 * the child itself is signalled and asked about.
 *
 * **Errors** no method throws.
 */
export class ProcessGroup {
  readonly #child: ChildProcess;
  readonly #leader: number | undefined;
  #leaderExited = false;
  #gone = false;
  #known: number[] = [];

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#leader = child.pid;
  }

  /** Tell it that the leader has been reaped: from now on `alive` asks the system about the rest. */
  leaderExited(): void {
    this.#leaderExited = true;
  }

  /** Signal every process of the group. Nothing happens once the group is gone. */
  signal(signal: 'SIGTERM' | 'SIGCONT' | 'SIGKILL'): void {
    if (this.#gone || this.#leader === undefined) return;
    try {
      if (process.platform === 'win32') this.#child.kill(signal);
      else process.kill(-this.#leader, signal);
    } catch {
      // Nobody left to signal, or nobody whom we may: `alive` tells.
    }
  }

  /**
   * Whether a process of the group still runs. Zombies do not count: an init that reaps nothing keeps them for
   * ever, and they hold neither memory nor pipes. Without `/proc` they do count, so a wait must be bounded.
   */
  alive(): boolean {
    if (this.#gone || this.#leader === undefined) return false;
    if (!this.#leaderExited) return true;
    this.#gone = process.platform === 'win32' || !isSignallable(this.#leader) || !this.#hasLivingMember(this.#leader);
    return !this.#gone;
  }

  #hasLivingMember(leader: number): boolean {
    if (process.platform !== 'linux') return true;
    // Asking those seen last is cheap; walking all of `/proc` blocks for milliseconds on a busy host.
    this.#known = this.#known.filter((pid) => readStatus(pid)?.group === leader);
    if (this.#known.length > 0) return true;
    const pids = listPids();
    this.#known = pids.filter((pid) => readStatus(pid)?.group === leader);
    // A system that lists nobody does not say that nobody is left.
    return this.#known.length > 0 || pids.length === 0;
  }
}

/** `EPERM` counts as no: nobody is left whom we could signal. */
function isSignallable(leader: number): boolean {
  try {
    process.kill(-leader, 0);
    return true;
  } catch {
    return false;
  }
}
