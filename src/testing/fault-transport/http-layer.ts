/**
 * Faults between a supervisor and a server behind a URL: the supervisor is given an address of 127.0.0.1, and what it
 * asks there is asked of the real server.
 */

import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { SseServerConfig, StreamableHttpServerConfig } from '../../index.ts';
import { freePort } from '../ports.ts';
import { Conditions } from './conditions.ts';
import { HttpLine } from './http-line.ts';

/** What it can stand in front of. */
export type HttpServerConfig = SseServerConfig | StreamableHttpServerConfig;

/** The connections of one client to one server. */
export class HttpLayer<C extends HttpServerConfig = HttpServerConfig> {
  readonly conditions = new Conditions();
  readonly config: C;
  lineCount = 0;
  readonly #port: number;
  readonly #target: URL;
  readonly #lines = new Map<Socket, HttpLine>();
  /** Reads requests; what it reads them from is accepted elsewhere, because it would close idle connections at will. */
  readonly #reader: HttpServer;
  #door: Server | undefined;
  #isClosed = false;

  private constructor(given: C, port: number) {
    this.#target = new URL(given.url);
    this.#port = port;
    this.config = { ...given, url: `${this.#origin}${this.#target.pathname}${this.#target.search}` };
    // Nothing but the real server and the client decides how long something may take.
    this.#reader = createHttpServer({ requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 });
    this.#reader.on('request', (request, response) => this.#lines.get(request.socket)?.take(request, response));
    this.#reader.on('clientError', (_error, socket) => socket.destroy());
  }

  /** Begin to listen. */
  static async open<C extends HttpServerConfig>(config: C): Promise<HttpLayer<C>> {
    const layer = new HttpLayer(config, await freePort());
    await layer.accept();
    return layer;
  }

  get lines(): ReadonlySet<HttpLine> {
    return new Set(this.#lines.values());
  }

  /** Stop listening, so that the system turns new connections away; those that are open go on. */
  async refuse(): Promise<void> {
    this.conditions.isRefusing = true;
    // Its `close` comes when the last connection has ended; it listens no more from now on.
    this.#door?.close();
    this.#door = undefined;
  }

  async accept(): Promise<void> {
    if (this.#door !== undefined || this.#isClosed) return;
    const door = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => this.#open(socket));
    this.#door = door;
    door.listen({ port: this.#port, host: '127.0.0.1' });
    await once(door, 'listening');
    this.conditions.isRefusing = false;
  }

  /** End every connection. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const door = this.#door;
    const closed = [...this.#lines.keys()].map((socket) => {
      socket.destroy();
      return once(socket, 'close');
    });
    await this.refuse();
    await Promise.all([...closed, ...(door === undefined ? [] : [once(door, 'close')])]);
  }

  get #origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  #open(socket: Socket): void {
    const line = new HttpLine(this.conditions, socket, { target: this.#target, origin: this.#origin });
    this.#lines.set(socket, line);
    this.lineCount += 1;
    socket.on('close', () => this.#lines.delete(socket));
    this.#reader.emit('connection', socket);
  }
}
