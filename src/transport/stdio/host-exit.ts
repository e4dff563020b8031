/**
 * The last resort when the host ends without closing: one `exit` hook that kills every group still alive. It is
 * there while a server's process lives and at no other time. It installs no signal handler: a host ended by a
 * signal runs no `exit` hook.
 */

import type { ProcessGroup } from './process-group.ts';

const living = new Set<ProcessGroup>();

function killLiving(): void {
  for (const group of living) group.signal('SIGKILL');
}

/** Kill the group with SIGKILL when the host process exits. Undone by `forgetAtHostExit`. */
export function killAtHostExit(group: ProcessGroup): void {
  if (living.size === 0) process.on('exit', killLiving);
  living.add(group);
}

/** Leave the group alone when the host process exits, because it is gone. Idempotent. */
export function forgetAtHostExit(group: ProcessGroup): void {
  if (living.delete(group) && living.size === 0) process.off('exit', killLiving);
}
