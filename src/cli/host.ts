/** What the program is given by the process it runs in, as one argument, so that a test can give another. */

import { type Clock, systemClock } from '../clock.ts';
import { Channel, type OutputStream } from './channel.ts';

/** What `createHost` is made from; `process` is one. */
export interface HostProcess {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  on(event: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(event: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  exit(code: number): unknown;
  readonly pid: number;
  kill(pid: number, signal: NodeJS.Signals): unknown;
}

/** The surroundings of one run. */
export interface Host {
  /** Arguments after the name of the program. */
  readonly args: readonly string[];
  readonly stdin: () => NodeJS.ReadableStream;
  readonly out: Channel;
  readonly err: Channel;
  readonly clock: Clock;
  /** Receives the signals, and can be ended at once. */
  readonly process: Pick<HostProcess, 'on' | 'off' | 'exit' | 'pid' | 'kill'>;
}

/** Describe a process to the program. Opens nothing: even stdin is looked at only when it is asked for. */
export function createHost(of: HostProcess): Host {
  return {
    args: of.argv.slice(2),
    stdin: () => of.stdin,
    out: new Channel(of.stdout, of.env),
    err: new Channel(of.stderr, of.env),
    clock: systemClock,
    process: of,
  };
}
