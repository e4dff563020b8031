/** Collects one body as text, up to a limit. */

import { FaultError } from '../../fault.ts';
import type { BodySink, Exchange } from './exchange.ts';

/** Is told what became of a body. */
export interface BodyObserver {
  heard(): void;
  complete(text: string): void;
  /** Not all of it arrived, or too much. */
  failed(error: FaultError): void;
}

/**
 * Takes a body whole. A longer one than `limitBytes` is broken off with `message-too-large`; nothing beyond the
 * limit is kept.
 */
export class BoundedBody implements BodySink {
  readonly #chunks: Buffer[] = [];
  #sizeBytes = 0;

  constructor(
    private readonly exchange: Exchange,
    private readonly limitBytes: number,
    private readonly observer: BodyObserver,
  ) {}

  take(chunk: Buffer): void {
    this.observer.heard();
    this.#sizeBytes += chunk.length;
    if (this.#sizeBytes > this.limitBytes) {
      this.exchange.abort();
      this.#chunks.length = 0;
      this.observer.failed(new FaultError({ kind: 'message-too-large', limitBytes: this.limitBytes }, 'unknown'));
      return;
    }
    this.#chunks.push(chunk);
  }

  end(): void {
    const [first] = this.#chunks;
    // One chunk is the rule; joining it would copy it once more.
    const whole = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    this.observer.complete(whole.toString('utf8'));
  }

  cut(error: FaultError): void {
    this.observer.failed(error);
  }
}
