/** Turns the body of an exchange into the web stream that the SDK's EventSource reads. */

import type { FaultError } from '../../fault.ts';
import type { BodySink, Exchange } from './exchange.ts';

/** Chunks that may wait for the reader before the server has to. */
const HIGH_WATER_CHUNKS = 64;

/** Is told what passes through. */
export interface StreamBodyObserver {
  /** Bytes arrived; returns whether they may pass. */
  chunk(chunk: Buffer): boolean;
  /** Nothing more will arrive, for whatever reason. */
  ended(): void;
}

/** A body as a web stream. It never fails: whatever breaks it, what arrived before is read to its end. */
export class StreamBody implements BodySink {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #exchange: Exchange;
  readonly #observer: StreamBodyObserver;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(exchange: Exchange, observer: StreamBodyObserver) {
    this.#exchange = exchange;
    this.#observer = observer;
    this.stream = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => exchange.resume(),
        cancel: () => {
          this.#controller = undefined;
          exchange.abort();
        },
      },
      { highWaterMark: HIGH_WATER_CHUNKS },
    );
  }

  take(chunk: Buffer): void {
    if (!this.#observer.chunk(chunk) || this.#controller === undefined) return;
    this.#controller.enqueue(chunk);
    if ((this.#controller.desiredSize ?? 1) <= 0) this.#exchange.pause();
  }

  end(): void {
    this.#controller?.close();
    this.#controller = undefined;
    this.#observer.ended();
  }

  cut(_error: FaultError): void {
    this.end();
  }
}
