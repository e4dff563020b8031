/** The carrier of both HTTP transports: a pool of sockets, and the one transport that uses it. */

import type { TransportKind } from '../../config/server-config.ts';
import { FaultError } from '../../fault.ts';
import type { CarrierDetails } from '../carrier-details.ts';
import type { Carrier, Transport } from '../transport.ts';
import type { SocketPool } from './socket-pool.ts';

type HttpKind = Extract<TransportKind, 'sse' | 'streamable_http'>;

/** Characters of a session id that are shown; a shorter id than twice that is not shown at all. */
const SHOWN_CHARS = 4;

/**
 * Sockets are opened as they are needed, so starting does nothing. `release` and `destroy` break off whatever is
 * under way, in every phase, and close every socket.
 */
export class HttpCarrier implements Carrier {
  readonly #kind: HttpKind;
  readonly #pool: SocketPool;
  readonly #construct: () => Transport;
  #transport: Transport | undefined;
  #released: Promise<void> | undefined;
  #isStarted = false;
  #isOver = false;

  constructor(kind: HttpKind, pool: SocketPool, construct: () => Transport) {
    this.#kind = kind;
    this.#pool = pool;
    this.#construct = construct;
  }

  get details(): CarrierDetails {
    const sessionId = this.#transport?.sessionId;
    const transport = this.#kind;
    return sessionId === undefined ? { transport } : { transport, sessionId: cutSessionId(sessionId) };
  }

  async start(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#isOver) throw new FaultError({ kind: 'closed' }, 'not-sent');
    this.#isStarted = true;
  }

  createTransport(): Transport {
    if (!this.#isStarted || this.#transport !== undefined) throw new Error('one transport, after start');
    this.#transport = this.#construct();
    return this.#transport;
  }

  release(): Promise<void> {
    this.#isOver = true;
    this.#released ??= this.#release();
    return this.#released;
  }

  destroy(): void {
    this.#isOver = true;
    void this.#transport?.close();
    this.#pool.destroy();
  }

  async #release(): Promise<void> {
    await this.#transport?.close();
    await this.#pool.release();
  }
}

function cutSessionId(sessionId: string): string {
  return `${sessionId.length < 2 * SHOWN_CHARS ? '' : sessionId.slice(0, SHOWN_CHARS)}…`;
}
