/**
 * What the soak left: processes of any group it started, sockets, timers, listeners. Keeps numbers only, so that
 * hundreds of processes cost no memory; the leak check of the tests keeps the processes themselves.
 */

import type { ChildProcess } from 'node:child_process';
import diagnostics from 'node:diagnostics_channel';
import { setTimeout as wait } from 'node:timers/promises';
import { openDescriptors } from '../../src/testing/leaks/descriptors.ts';
import { pendingTimers, watchTimers } from '../../src/testing/leaks/timers.ts';
import { commandLine, processTable } from '../../src/testing/processes.ts';

const GRACE_MS = 5_000;
const POLL_MS = 20;

/** Counts what is started, and finds what is left of it. */
export class Residue {
  readonly #groups = new Set<number>();
  readonly #before: ReadonlySet<string>;
  readonly #follow = (message: unknown): void => {
    const { process: child } = message as { process: ChildProcess };
    // The process has no number yet at this moment.
    child.once('spawn', () => {
      this.#spawnCount += 1;
      if (child.pid !== undefined) this.#groups.add(child.pid);
    });
  };
  #spawnCount = 0;

  constructor() {
    watchTimers();
    this.#before = new Set(this.#stock());
    diagnostics.subscribe('child_process', this.#follow);
  }

  /** Processes started so far, by the library and by the keepers of HTTP servers. */
  get spawnCount(): number {
    return this.#spawnCount;
  }

  /** Stop counting, and name what is left after a grace of five seconds. */
  async left(): Promise<string[]> {
    diagnostics.unsubscribe('child_process', this.#follow);
    const deadlineMs = performance.now() + GRACE_MS;
    while (this.#surplus().length > 0 && performance.now() < deadlineMs) await wait(POLL_MS);
    return this.#surplus();
  }

  #surplus(): string[] {
    return this.#stock().filter((thing) => !this.#before.has(thing));
  }

  #stock(): string[] {
    const rows = processTable().filter(({ groupId, pid }) => this.#groups.has(groupId) || this.#groups.has(pid));
    const events = process.eventNames();
    return [
      ...rows.map(({ pid, groupId }) => `process ${pid} of group ${groupId}: ${commandLine(pid)}`),
      ...openDescriptors(),
      ...pendingTimers().map(({ place, delayMs }) => `timer of ${delayMs} ms set at ${place}`),
      ...events.map((name) => `${process.listenerCount(name)} listeners on process '${String(name)}'`),
    ];
  }
}
