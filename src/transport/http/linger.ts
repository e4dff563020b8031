/**
 * Exchanges that nobody waits for any more: the reply is there, or the status said enough, but the body has not
 * ended yet. Letting a short rest arrive keeps the socket for the next request; a long or endless one is broken off.
 */

import type { Clock, Timer } from '../../clock.ts';
import type { BodySink, Exchange } from './exchange.ts';

/** How long a body that nobody wants may hold its socket: one to two of these. */
export const LINGER_MS = 1_000;

/** How much of a body that nobody wants is read. */
const LINGER_BYTES = 64 * 1024;

/** Lets exchanges end by themselves, within bounds. Its one timer runs only while there are any. */
export class Linger {
  #young = new Set<Exchange>();
  #old = new Set<Exchange>();
  #timer: Timer | undefined;

  constructor(private readonly clock: Clock) {}

  /** Let the rest of an exchange arrive, unseen. */
  add(exchange: Exchange): void {
    if (exchange.isSettled) return;
    exchange.redirectBody(new DiscardedBody(exchange));
    this.#young.add(exchange);
    this.#timer ??= this.clock.setTimeout(() => this.#sweep(), LINGER_MS);
  }

  /** The exchange has ended. */
  forget(exchange: Exchange): void {
    this.#young.delete(exchange);
    this.#old.delete(exchange);
  }

  /** Set no timer any more; the exchanges are broken off by their pool. */
  stop(): void {
    if (this.#timer !== undefined) this.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#young.clear();
    this.#old.clear();
  }

  #sweep(): void {
    this.#timer = undefined;
    for (const exchange of this.#old) exchange.abort();
    this.#old = this.#young;
    this.#young = new Set();
    if (this.#old.size > 0) this.#timer = this.clock.setTimeout(() => this.#sweep(), LINGER_MS);
  }
}

class DiscardedBody implements BodySink {
  #sizeBytes = 0;

  constructor(private readonly exchange: Exchange) {}

  take(chunk: Buffer): void {
    this.#sizeBytes += chunk.length;
    if (this.#sizeBytes > LINGER_BYTES) this.exchange.abort();
  }

  end(): void {}

  cut(): void {}
}
