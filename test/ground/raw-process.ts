/**
 * A stdio server started by hand, to see what the SDK client does not show: exit codes, signals, single lines.
 */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** A process with its three pipes; nothing reads them. */
export type RawProcess = ChildProcessByStdio<Writable, Readable, Readable> & { readonly pid: number };

/** Start the process; its environment holds `PATH` and what it is given. */
export function startRaw(launch: { command: string; args: string[]; env?: Record<string, string> }): RawProcess {
  const { PATH = '' } = process.env;
  const child = spawn(launch.command, launch.args, { env: { PATH, ...launch.env }, stdio: ['pipe', 'pipe', 'pipe'] });
  return child as RawProcess;
}

/** One JSON-RPC message as a line. */
export function line(message: { id?: number; method: string; params?: unknown }): string {
  return `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`;
}

/** The lines with which a client begins. */
export const HELLO = {
  initialize: line({
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'raw', version: '1.0.0' } },
  }),
  initialized: line({ method: 'notifications/initialized' }),
} as const;
