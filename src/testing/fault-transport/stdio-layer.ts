/**
 * Faults between a supervisor and a stdio server: the supervisor starts a relay in place of the command, and the relay
 * comes here for what to start and for every byte.
 */

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StdioServerConfig } from '../../index.ts';
import { alive, groupMembers, waitGone } from '../processes.ts';
import { Conditions } from './conditions.ts';
import { type RelayReport, StdioLine, sendSignal } from './stdio-line.ts';

const RELAY = fileURLToPath(new URL('./relay.mjs', import.meta.url));

interface Hello {
  readonly token: string;
  readonly role: 'control' | 'client' | 'server';
  readonly relayPid: number;
}

/** The relays of one stdio server, in all its lives. */
export class StdioLayer {
  readonly conditions = new Conditions();
  readonly lines = new Set<StdioLine>();
  lineCount = 0;
  readonly config: StdioServerConfig;
  readonly #given: StdioServerConfig;
  readonly #token: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Of all its lives: a process may outlive its relay for as long as it takes to end in order. */
  readonly #relayPids = new Set<number>();

  private constructor(given: StdioServerConfig, server: Server, token: string) {
    this.#given = given;
    this.#server = server;
    this.#token = token;
    const { port } = server.address() as AddressInfo;
    this.config = { ...given, command: process.execPath, args: [RELAY, String(port), token] };
    server.on('connection', (socket) => this.#accept(socket));
  }

  /** Begin to listen for relays. Starts nothing. */
  static async open(config: StdioServerConfig): Promise<StdioLayer> {
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
    server.listen({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    return new StdioLayer(config, server, randomUUID());
  }

  async refuse(): Promise<void> {
    this.conditions.isRefusing = true;
  }

  async accept(): Promise<void> {
    this.conditions.isRefusing = false;
  }

  /** End every process and every socket. Idempotent. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const line of this.lines) line.signal('SIGKILL');
    for (const line of this.lines) line.drop();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all([closed, ...[...this.#relayPids].map(endGroup)]);
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
    readFirstLine(socket, (line) => this.#greet(socket, line));
  }

  #greet(socket: Socket, line: string): void {
    const hello = helloOf(line);
    if (hello?.token !== this.#token) {
      socket.destroy();
      return;
    }
    const { role, relayPid } = hello;
    if (role === 'control') this.#begin(socket, relayPid);
    else [...this.lines].find((each) => each.relayPid === relayPid)?.attach(role, socket);
  }

  #begin(control: Socket, relayPid: number): void {
    const { command, args = [] } = this.#given;
    if (this.conditions.isRefusing) {
      control.end(`${JSON.stringify({ isRefused: true })}\n`);
      return;
    }
    const line = new StdioLine(this.conditions, control, relayPid);
    this.lines.add(line);
    this.lineCount += 1;
    this.#relayPids.add(relayPid);
    control.on('close', () => {
      this.lines.delete(line);
      line.drop();
    });
    createInterface({ input: control }).on('line', (text) => line.report(JSON.parse(text) as RelayReport));
    control.on('end', () => control.destroy());
    control.write(`${JSON.stringify({ command, args })}\n`);
  }
}

/** A relay leads its group only when whoever started it made it lead; otherwise nothing has its number. */
async function endGroup(relayPid: number): Promise<void> {
  const pids = [relayPid, ...groupMembers(relayPid).map((row) => row.pid)].filter((pid) => alive(pid));
  for (const pid of pids) if (pid !== relayPid) sendSignal(pid, 'SIGKILL');
  await Promise.all(pids.map((pid) => waitGone(pid).catch(() => {})));
}

/** Take the first line off a paused socket; what follows stays in it. */
function readFirstLine(socket: Socket, take: (line: string) => void): void {
  let text = Buffer.alloc(0);
  const read = (chunk: Buffer): void => {
    text = Buffer.concat([text, chunk]);
    const end = text.indexOf('\n');
    if (end < 0) return;
    socket.off('data', read);
    socket.pause();
    if (end + 1 < text.length) socket.unshift(text.subarray(end + 1));
    take(text.subarray(0, end).toString());
  };
  socket.on('data', read);
  socket.resume();
}

function helloOf(line: string): Hello | undefined {
  try {
    return JSON.parse(line) as Hello;
  } catch {
    return undefined;
  }
}
