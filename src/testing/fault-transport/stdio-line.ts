/**
 * The pipes of one real process: bytes come from its relay on one socket for each side and are passed to the other.
 */

import type { Socket } from 'node:net';
import { alive, descendants, freeze } from '../processes.ts';
import type { Conditions } from './conditions.ts';
import { type Line, repeated } from './line.ts';
import { Passage, writeTo } from './passage.ts';

const GARBAGE = '{"jsonrpc": "2.0", "id":\n';

/** What the relay tells over its control connection. */
export type RelayReport = { readonly pid: number } | { readonly hasExited: true };

/** One life of a stdio server. */
export class StdioLine implements Line {
  readonly relayPid: number;
  readonly #conditions: Conditions;
  readonly #control: Socket;
  readonly #toServer: Passage;
  readonly #toClient: Passage;
  #client: Socket | undefined;
  #server: Socket | undefined;
  #pid: number | undefined;
  #hasExited = false;

  constructor(conditions: Conditions, control: Socket, relayPid: number) {
    this.#conditions = conditions;
    this.#control = control;
    this.relayPid = relayPid;
    this.#toServer = new Passage(conditions, 'to-server');
    this.#toClient = new Passage(conditions, 'to-client');
  }

  /** Of the process that the relay started, once it runs. */
  get pid(): number | undefined {
    return this.#hasExited ? undefined : this.#pid;
  }

  /** Take over the socket of one side. */
  attach(role: 'client' | 'server', socket: Socket): void {
    if (role === 'client') this.#client = socket;
    else this.#server = socket;
    if (this.#client === undefined || this.#server === undefined) return;
    this.#connect(this.#client, this.#server);
  }

  report(report: RelayReport): void {
    if ('pid' in report) this.#pid = report.pid;
    else this.#hasExited = true;
    this.#endIfDead();
  }

  cut(): boolean {
    if (this.#client === undefined || this.#client.writableEnded) return false;
    this.#toClient.close();
    this.#client.end();
    return true;
  }

  reset(): boolean {
    return this.signal('SIGKILL');
  }

  inject(text = GARBAGE): boolean {
    const client = this.#client;
    if (client === undefined) return false;
    this.#toClient.pass(() => writeTo(client, text));
    return true;
  }

  flood(message: string, times: number): Promise<void> | undefined {
    const client = this.#client;
    if (client === undefined) return undefined;
    return new Promise((resolve) => {
      client.once('close', () => resolve());
      for (const piece of repeated(`${message}\n`, times)) this.#toClient.pass(() => writeTo(client, piece));
      this.#toClient.pass(() => resolve());
    });
  }

  wake(): void {
    this.#toServer.wake();
    this.#toClient.wake();
    this.#endIfDead();
  }

  /** Signal the real process and all that it started; tells whether there was one. */
  signal(signal: NodeJS.Signals): boolean {
    const pids = this.#processes();
    for (const pid of pids) sendSignal(pid, signal);
    return pids.length > 0;
  }

  /** Freeze the real process and all that it started; resolves when they stand still. */
  async freeze(): Promise<boolean> {
    const pids = this.#processes();
    await Promise.all(
      pids.map(async (pid) => {
        // What cannot be looked up is only asked to stand still.
        if (alive(pid)) await freeze(pid).catch(() => {});
        else sendSignal(pid, 'SIGSTOP');
      }),
    );
    return pids.length > 0;
  }

  /** Let go of all that hangs on it here. */
  drop(): void {
    this.#toServer.close();
    this.#toClient.close();
    for (const socket of [this.#control, this.#client, this.#server]) socket?.destroy();
  }

  #processes(): number[] {
    const { pid } = this;
    return pid === undefined ? [] : [pid, ...descendants(pid).map((row) => row.pid)];
  }

  #connect(client: Socket, server: Socket): void {
    const { bytes } = this.#conditions;
    this.#toServer.feed(client, (chunk) => {
      bytes.toServer += chunk.length;
      return writeTo(server, chunk);
    });
    client.on('end', () => this.#toServer.pass(() => server.end()));
    this.#toClient.feed(server, (chunk) => {
      bytes.toClient += chunk.length;
      return this.#deliver(client, chunk);
    });
    server.on('end', () => this.#toClient.pass(() => client.end()));
    client.resume();
    server.resume();
  }

  async #deliver(client: Socket, chunk: Buffer): Promise<void> {
    const { garbage, isTruncated } = this.#conditions.takeArmed();
    if (garbage !== undefined) await writeTo(client, garbage.text ?? GARBAGE);
    await writeTo(client, isTruncated ? chunk.subarray(0, chunk.length / 2) : chunk);
    if (isTruncated) this.cut();
  }

  /** The end of a process is seen whatever becomes of its last bytes. */
  #endIfDead(): void {
    if (this.#hasExited && this.#toClient.isStalled) this.cut();
  }
}

/** Signal a process that may have ended. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}
