/**
 * A stream of events that survives its connection: when it breaks it is opened again from where it broke, within
 * bounds. It carries either the reply of one request or what the server sends unasked. All its waiting is on the
 * clock, so that nothing of it is left when it is ended; the SDK's own resumption leaves timers behind.
 */

import { type Clock, MAX_TIMER_MS, type Timer } from '../../clock.ts';
import { FaultError } from '../../fault.ts';
import type { MinuteBudget } from '../../policy/minute-budget.ts';
import type { MessageRate } from '../message-rate.ts';
import type { AnswerJudge } from './answer-judge.ts';
import { EventScanner, type ServerSentEvent } from './event-scanner.ts';
import type { BodySink, Exchange, ResponseHead } from './exchange.ts';
import type { HttpRequest } from './http-request.ts';
import { isSuccess } from './http-status.ts';
import { bodyKind } from './media-type.ts';
import type { RequestHeaders } from './request-headers.ts';
import { SilenceWatch } from './silence-watch.ts';
import type { SocketPool } from './socket-pool.ts';

/** What all streams of one server share. */
export interface EventStreamContext {
  readonly pool: SocketPool;
  readonly clock: Clock;
  readonly judge: AnswerJudge;
  readonly budget: MinuteBudget;
  readonly maxStreamsPerMinute: number;
  readonly maxValues: number;
  /** Counts what is no message. */
  readonly rate: MessageRate;
  /** Largest event. */
  readonly limitBytes: number;
  /** Silence after which a stream is given up, or opened again. */
  readonly silenceMs: number;
  /** Longest delay before a stream is opened again that the server may ask for. */
  readonly maxRetryMs: number;
}

/** Is told what a stream carries. */
export interface EventStreamObserver {
  heard(): void;
  /** Its connection was made, or made again. */
  opened?(): void;
  /** The data of one message. */
  message(data: string): void;
  /** Nothing can come any more. Called at most once, never after `finish` or `abort`. */
  ended(error: FaultError): void;
}

/** Where a stream comes from. */
export interface EventStreamSource {
  /** `push` is opened again whenever it ends; `reply` only if the server gave its events ids; `once` never. */
  readonly kind: 'reply' | 'push' | 'once';
  readonly url: URL;
  /** Session and revision, as on the request that began it. */
  readonly headers: RequestHeaders;
}

/** Wait before a broken stream is opened again, unless the server says otherwise; grows by half per failure. */
export const REOPEN_DELAY_MS = 1_000;
const REOPEN_GROWTH = 1.5;

/** Failures in a row to open a stream again that end it. */
export const MAX_REOPEN_FAILURES = 2;

/** One stream of events. */
export class EventStream implements BodySink {
  readonly #context: EventStreamContext;
  readonly #source: EventStreamSource;
  readonly #observer: EventStreamObserver;
  #exchange: Exchange | undefined;
  #scanner: EventScanner | undefined;
  #silence: SilenceWatch | undefined;
  #timer: Timer | undefined;
  #lastEventId: string | undefined;
  #retryMs: number | undefined;
  #failureCount = 0;
  #isEnded = false;

  constructor(context: EventStreamContext, source: EventStreamSource, observer: EventStreamObserver) {
    this.#context = context;
    this.#source = source;
    this.#observer = observer;
  }

  /** Read the body of an exchange whose head said that it is a stream. */
  read(exchange: Exchange): BodySink {
    this.#exchange = exchange;
    this.#failureCount = 0;
    this.#scanner = new EventScanner(this.#context.limitBytes, {
      event: (event) => this.#event(event),
      retry: (delayMs) => {
        this.#retryMs = Math.min(delayMs, this.#context.maxRetryMs);
      },
    });
    this.#silence = new SilenceWatch(this.#context.clock, this.#context.silenceMs, (silentMs) => {
      exchange.abort();
      this.#interrupted(new FaultError({ kind: 'stream-silent', silentMs }, 'unknown'));
    });
    this.#observer.opened?.();
    return this;
  }

  /** It has done its work: let its connection end by itself. Idempotent. */
  finish(): void {
    this.#stop();
    if (this.#exchange !== undefined) this.#context.pool.linger(this.#exchange);
  }

  /** Break it off. Idempotent. */
  abort(): void {
    this.#stop();
    this.#exchange?.abort();
  }

  take(chunk: Buffer): void {
    this.#silence?.heard();
    this.#observer.heard();
    if (this.#scanner?.feed(chunk) !== false) return;
    this.abort();
    const { limitBytes } = this.#context;
    this.#observer.ended(new FaultError({ kind: 'message-too-large', limitBytes }, 'unknown'));
  }

  end(): void {
    this.#interrupted(new FaultError({ kind: 'reply-lost' }, 'unknown'));
  }

  cut(error: FaultError): void {
    if (error.fault.kind === 'closed') this.#end(error);
    else this.end();
  }

  #event({ type, data, id }: ServerSentEvent): void {
    // An empty id takes the last one back.
    if (id !== undefined) this.#lastEventId = id === '' ? undefined : id;
    if (type === 'message' && data !== undefined && data !== '') this.#observer.message(data);
  }

  #interrupted(error: FaultError): void {
    this.#silence?.stop();
    if (this.#isEnded) return;
    const { kind } = this.#source;
    const isResumable = kind === 'push' || (kind === 'reply' && this.#lastEventId !== undefined);
    if (isResumable) this.#reopenLater();
    else this.#end(error);
  }

  #reopenLater(): void {
    const delayMs = this.#retryMs ?? REOPEN_DELAY_MS * REOPEN_GROWTH ** this.#failureCount;
    this.#timer = this.#context.clock.setTimeout(
      () => {
        this.#timer = undefined;
        this.#reopen();
      },
      Math.min(delayMs, MAX_TIMER_MS),
    );
  }

  #reopen(): void {
    const { pool, budget, maxStreamsPerMinute } = this.#context;
    if (!budget.take(maxStreamsPerMinute)) {
      this.#end(new FaultError({ kind: 'flooded', what: 'streams' }, 'unknown'));
      return;
    }
    const { url, headers } = this.#source;
    const resumption = this.#lastEventId === undefined ? undefined : { 'last-event-id': this.#lastEventId };
    const request: HttpRequest = {
      url,
      method: 'GET',
      headers: { ...headers, accept: 'text/event-stream', ...resumption },
    };
    const exchange: Exchange = pool.open(request, {
      responded: (head) => {
        if (isSuccess(head.status) && bodyKind(head) === 'event-stream') return this.read(exchange);
        pool.linger(exchange);
        void this.#refused(head, request);
        return undefined;
      },
      failed: (error) => this.#reopenFailed(error),
    });
    this.#exchange = exchange;
  }

  async #refused(head: ResponseHead, request: HttpRequest): Promise<void> {
    const holdsSession = request.headers['mcp-session-id'] !== undefined;
    const error = isSuccess(head.status)
      ? new FaultError({ kind: 'malformed-message', detail: 'the type of the stream' }, 'unknown')
      : await this.#context.judge.judge(head, request, holdsSession);
    if (this.#isEnded) return;
    if (error.fault.kind === 'session-lost') this.#end(error);
    else this.#reopenFailed(error);
  }

  #reopenFailed(error: FaultError): void {
    if (this.#isEnded) return;
    this.#failureCount += 1;
    if (error.fault.kind === 'closed') this.#end(error);
    else if (this.#failureCount < MAX_REOPEN_FAILURES) this.#reopenLater();
    else this.#end(new FaultError({ kind: this.#source.kind === 'push' ? 'stream-ended' : 'reply-lost' }, 'unknown'));
  }

  #end(error: FaultError): void {
    if (this.#isEnded) return;
    this.#stop();
    this.#observer.ended(error);
  }

  #stop(): void {
    this.#isEnded = true;
    this.#silence?.stop();
    this.#scanner?.stop();
    if (this.#timer !== undefined) this.#context.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
