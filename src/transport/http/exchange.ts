/**
 * One HTTP exchange: a request and what comes back, straight from the parser, without a stream between. It knows
 * whether the request was ever written, which is what makes an outcome `not-sent`. It decides nothing else.
 */

import type { Dispatcher } from 'undici';
import type { FaultError } from '../../fault.ts';
import { networkFault } from './network-fault.ts';

/** Status and headers of an answer. */
export interface ResponseHead {
  readonly status: number;
  /** The value of a header, by its lower-case name. */
  header(name: string): string | undefined;
}

/** Takes the body of one answer. Nothing is called after `end` or `cut`. */
export interface BodySink {
  take(chunk: Buffer): void;
  /** The body is complete. */
  end(): void;
  /** The connection broke before the body was complete. */
  cut(error: FaultError): void;
}

/** Is told how an exchange begins. */
export interface ExchangeObserver {
  /** The head is here; the result takes the body, unless somebody else was given it meanwhile. */
  responded(head: ResponseHead): BodySink | undefined;
  /** There will be no head. */
  failed(error: FaultError): void;
}

/** The head of an answer, out of what the HTTP client says of it. */
export function headOf(status: number, headers: Record<string, string | string[] | undefined>): ResponseHead {
  const header = (name: string): string | undefined => {
    const value = headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  return { status, header };
}

/** Why undici is told to break off; never seen by anybody else. */
const BROKEN_OFF = new Error('broken off');

/** One exchange under way. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #observer: ExchangeObserver;
  readonly #onSettled: (exchange: Exchange) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #sink: BodySink | undefined;
  #wasSent = false;
  #isSettled = false;

  constructor(observer: ExchangeObserver, onSettled: (exchange: Exchange) => void) {
    this.#observer = observer;
    this.#onSettled = onSettled;
  }

  /** Whether the request may have left this process. */
  get wasSent(): boolean {
    return this.#wasSent;
  }

  /** Whether nothing of it is under way any more. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Break it off without a word: its socket is closed, and nobody is called any more. Idempotent. */
  abort(): void {
    if (this.#settle()) this.#controller?.abort(BROKEN_OFF);
  }

  /** Break it off and tell whoever waits for it why. Idempotent. */
  fail(error: FaultError): void {
    if (!this.#settle()) return;
    this.#controller?.abort(BROKEN_OFF);
    this.#report(error);
  }

  /** The server did not take the request on, and it is to be made once more. */
  refused(): void {
    this.#wasSent = false;
    this.#controller = undefined;
  }

  /** Give what is left of the body to somebody else. */
  redirectBody(sink: BodySink): void {
    this.#sink = sink;
  }

  /** Stop reading until `resume`, so that the server has to wait. */
  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isSettled) controller.abort(BROKEN_OFF);
    else this.#wasSent = true;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (this.#isSettled || status < 200) return;
    const sink = this.#observer.responded(headOf(status, headers));
    if (sink !== undefined) this.#sink = sink;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    // A parser that is resumed with nothing to read hands out an empty chunk. Passed on, it would fill the queue of a
    // reader that resumes whenever it has read: the two would turn for ever, in microtasks, and freeze the host.
    if (this.#isSettled || chunk.length === 0) return;
    this.#sink?.take(chunk);
  }

  onResponseEnd(): void {
    if (this.#settle()) this.#sink?.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#settle()) this.#report(networkFault(error, this.#wasSent));
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.#onSettled(this);
    return true;
  }

  #report(error: FaultError): void {
    if (this.#sink === undefined) this.#observer.failed(error);
    else this.#sink.cut(error);
  }
}
