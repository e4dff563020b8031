/**
 * Ends our process groups when a signal ends the host, which then runs no `exit` hook. One listener per signal is there
 * while such a group lives and at no other time. It takes nothing from the host: what the signal does to it is decided
 * by the host's own listeners, or by the system when it has none; only the latter ends the host for certain.
 */

import type { ProcessGroup } from './process-group.ts';

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

const living = new Set<ProcessGroup>();

/**
 * Kill the group with SIGKILL when SIGTERM, SIGINT or SIGHUP ends the host. Undone by `forgetAtHostSignal`.
 *
 * Without a listener of the host's own the signal is raised again with its default disposition, so the host ends with
 * the status it would have had. With one, the signal may as well mean to cancel a call or to read a file again: that
 * listener decides, and the group is left alone. It is ended by `close`, or when the host exits.
 */
export function killAtHostSignal(group: ProcessGroup): void {
  if (living.size === 0) for (const signal of SIGNALS) listen(signal);
  living.add(group);
}

/** Leave the group alone when the host gets a signal, because it is gone. Idempotent. */
export function forgetAtHostSignal(group: ProcessGroup): void {
  if (!living.delete(group) || living.size > 0) return;
  for (const signal of SIGNALS) process.off(signal, killLiving);
}

function killLiving(signal: NodeJS.Signals): void {
  // Gone while the others run: some of them raise the signal again only when they are the last to listen.
  process.off(signal, killLiving);
  if (process.listenerCount(signal) === 0) {
    for (const group of living) group.signal('SIGKILL');
    process.kill(process.pid, signal);
  }
  // Reached when the host lives on, because it has a listener or is the first process of a container.
  queueMicrotask(() => {
    if (living.size > 0) listen(signal);
  });
}

/** First in the row: the host's own listener may end the host. */
function listen(signal: NodeJS.Signals): void {
  if (!process.listeners(signal).includes(killLiving)) process.prependListener(signal, killLiving);
}
