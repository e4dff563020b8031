/** One supervisor for the time of one command: whatever becomes of the command, nothing of it is left afterwards. */

import { McpSupervisor } from '../index.ts';
import type { ExitCode } from './exit-code.ts';
import type { Host } from './host.ts';
import { Interruption } from './interruption.ts';

/** What a command works with. */
export interface Session {
  readonly mcp: McpSupervisor;
  /** Aborted when somebody asks to stop. */
  readonly signal: AbortSignal;
  /** Aborted when somebody asks a second time. */
  readonly forced: AbortSignal;
  /** Ask to stop, as a signal does. */
  readonly interrupt: () => void;
}

/** Run a command with a supervisor, and close it, politely or by force, before this resolves. */
export async function withSupervisor(host: Host, use: (session: Session) => Promise<ExitCode>): Promise<ExitCode> {
  using interruption = new Interruption(host);
  const { signal, forced } = interruption;
  const mcp = new McpSupervisor();
  forced.addEventListener('abort', () => void mcp.close({ force: true }), { once: true });
  try {
    return await use({ mcp, signal, forced, interrupt: () => interruption.interrupt() });
  } finally {
    await mcp.close();
  }
}
