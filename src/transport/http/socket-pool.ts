/**
 * The sockets to one server, and the only place that opens any. It has no time limit of its own but the one on
 * connecting: how long an answer may take is decided by whoever waits for it. After `release` no socket is left,
 * those still being connected included.
 */

import { Socket } from 'node:net';
import { buildConnector, type Dispatcher } from 'undici';
import type { Clock } from '../../clock.ts';
import { FaultError } from '../../fault.ts';
import { InFlight } from '../../policy/in-flight.ts';
import { CredentialedDispatch } from './credentialed-dispatch.ts';
import type { Credentials } from './credentials.ts';
import { Exchange, type ExchangeObserver } from './exchange.ts';
import type { HttpRequest } from './http-request.ts';
import { Linger } from './linger.ts';
import { OriginClients, RELEASED } from './origin-clients.ts';
import { headerList, type RequestHeaders } from './request-headers.ts';

/** What a pool is made of. */
export interface SocketPoolOptions {
  readonly clock: Clock;
  readonly headers: RequestHeaders;
  /** What each request is given beside them, asked for each time. */
  readonly credentials?: Credentials | undefined;
  /** How long connecting one socket may take, the TLS handshake included. */
  readonly connectTimeoutMs: number;
  /** Status and headers of one answer. */
  readonly maxHeaderBytes: number;
}

/** Without these undici cuts every answer, and every stream, that is silent for 300 s. */
export const UNLIMITED = { headersTimeout: 0, bodyTimeout: 0 } as const;

/** Waits for the rest of an answer that was refused. */
const NOBODY: ExchangeObserver = { responded: () => undefined, failed: () => {} };

/** The sockets to one server. */
export class SocketPool {
  readonly #options: SocketPoolOptions;
  readonly #linger: Linger;
  readonly #origins = new Map<string, OriginClients>();
  readonly #sockets = new Set<Socket>();
  readonly #exchanges = new InFlight((exchange: Exchange) => exchange);
  readonly #connect: buildConnector.connector;
  readonly #destroyed = new AbortController();

  constructor(options: SocketPoolOptions) {
    this.#options = options;
    this.#linger = new Linger(options.clock);
    const connect = buildConnector({ timeout: options.connectTimeoutMs, allowH2: false });
    this.#connect = (target, callback) => {
      // The types say `void`; a socket comes back at once, and it is the only way to end one that is not connected yet.
      const socket: unknown = connect(target, callback);
      if (socket instanceof Socket) this.#track(socket);
    };
  }

  /** Begin an exchange. A pool that is destroyed fails it with `closed`. */
  open(request: HttpRequest, observer: ExchangeObserver): Exchange {
    const exchange = this.#newExchange(observer);
    if (this.#destroyed.signal.aborted) {
      exchange.fail(new FaultError({ kind: 'closed' }, 'not-sent'));
      return exchange;
    }
    const { credentials } = this.#options;
    if (credentials === undefined) this.#dispatch(request, {}, exchange);
    else void this.#withCredentials(credentials, request, exchange).begin();
    return exchange;
  }

  /** Let the rest of an exchange arrive that nobody waits for any more: briefly, and not much of it. */
  linger(exchange: Exchange): void {
    this.#linger.add(exchange);
  }

  /** Break off whatever is under way; who waits for it is told that it was closed. */
  breakOff(): void {
    this.#linger.stop();
    for (const exchange of this.#exchanges.all()) {
      exchange.fail(new FaultError({ kind: 'closed' }, exchange.wasSent ? 'unknown' : 'not-sent'));
    }
  }

  /** Close every socket now. Idempotent, never throws. */
  destroy(): void {
    this.breakOff();
    this.#destroyed.abort();
    for (const clients of this.#origins.values()) clients.destroy();
    this.#origins.clear();
    for (const socket of this.#sockets) socket.destroy(RELEASED);
  }

  /** Close every socket and resolve when none is left. Never rejects. */
  async release(): Promise<void> {
    const closed = [...this.#sockets].map((socket) => closing(socket));
    this.destroy();
    await Promise.all(closed);
  }

  #withCredentials(credentials: Credentials, request: HttpRequest, exchange: Exchange): CredentialedDispatch {
    return new CredentialedDispatch({
      exchange,
      credentials: credentials.forRequest(request, this.#destroyed.signal),
      dispatch: (given, handler) => this.#dispatch(request, given, handler),
      letGo: (controller) => {
        const rest = this.#newExchange(NOBODY);
        rest.onRequestStart(controller);
        this.linger(rest);
        return rest;
      },
    });
  }

  #newExchange(observer: ExchangeObserver): Exchange {
    const exchange = new Exchange(observer, (settled) => {
      this.#exchanges.take(settled);
      this.#linger.forget(settled);
    });
    this.#exchanges.add(exchange);
    return exchange;
  }

  #dispatch(
    { url, method, headers, body }: HttpRequest,
    given: RequestHeaders,
    handler: Dispatcher.DispatchHandler,
  ): void {
    this.#clientsOf(url.origin).dispatch(
      {
        path: url.pathname + url.search,
        method,
        headers: headerList(this.#options.headers, given, headers),
        ...(body === undefined ? undefined : { body }),
      },
      handler,
    );
  }

  #clientsOf(origin: string): OriginClients {
    let clients = this.#origins.get(origin);
    if (clients === undefined) {
      const maxHeaderSize = this.#options.maxHeaderBytes;
      clients = new OriginClients(origin, { ...UNLIMITED, maxHeaderSize, connect: this.#connect });
      this.#origins.set(origin, clients);
    }
    return clients;
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}

function closing(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}
