/** Turns the body of an exchange into the web stream that the SDK's EventSource reads: it is given what it may see. */

import type { FaultError } from '../../fault.ts';
import type { BodySink, Exchange } from './exchange.ts';

/** Is told what arrives. */
export interface StreamBodyObserver {
  /** Bytes arrived. */
  chunk(chunk: Buffer): void;
  /** Nothing more will arrive, for whatever reason. */
  ended(): void;
}

/** A body as a web stream. It never fails: whatever breaks it, it ends. */
export class StreamBody implements BodySink {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #observer: StreamBodyObserver;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(exchange: Exchange, observer: StreamBodyObserver) {
    this.#observer = observer;
    this.stream = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.#controller = undefined;
        exchange.abort();
      },
    });
  }

  /** Let the reader of the stream see a text. What is passed is not bounded: it is for what comes once. */
  pass(text: string): void {
    this.#controller?.enqueue(Buffer.from(text));
  }

  take(chunk: Buffer): void {
    if (this.#controller !== undefined) this.#observer.chunk(chunk);
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
