/**
 * What the SDK's transport for HTTP+SSE is given for `fetch`: one stream, opened once, and the POSTs of messages.
 * Statuses become faults; bodies of answers to POSTs are let go, because replies come on the stream. Of the stream the
 * SDK sees the endpoint only: its EventSource would obey a `retry` of any length, and an event that is named `error`.
 */

import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { RequestId } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../../clock.ts';
import { FaultError } from '../../fault.ts';
import type { MessageRate } from '../message-rate.ts';
import type { AnswerJudge } from './answer-judge.ts';
import { EventScanner, type ServerSentEvent } from './event-scanner.ts';
import type { Exchange, ResponseHead } from './exchange.ts';
import type { HttpRequest } from './http-request.ts';
import { isFollowable, isSuccess } from './http-status.ts';
import { bodyKind } from './media-type.ts';
import { minimalResponse, redirectResponse } from './minimal-response.ts';
import { acceptanceTimeoutMs, roundTrip } from './round-trip.ts';
import { sdkRequest } from './sdk-request.ts';
import { SilenceWatch } from './silence-watch.ts';
import type { SocketPool } from './socket-pool.ts';
import { StreamBody } from './stream-body.ts';

/** What the guard works with. */
export interface SseFetchGuardContext {
  readonly url: URL;
  readonly pool: SocketPool;
  readonly clock: Clock;
  readonly judge: AnswerJudge;
  /** Largest event. */
  readonly limitBytes: number;
  readonly maxValues: number;
  /** Counts what is no message. */
  readonly rate: MessageRate;
  /** Silence after which the stream counts as dead. */
  readonly silenceMs: number;
}

/** Is told what happens to the stream. */
export interface SseFetchGuardObserver {
  heard(): void;
  /** The data of one message. */
  message(data: string): void;
  /** The stream could not be opened, or may not go on. */
  faulted(error: FaultError): void;
}

/** What the SDK is told of a message that nobody waits for any more. */
const DROPPED: ResponseHead = { status: 202, header: () => undefined };

/** Reads the answers of one HTTP+SSE server. */
export class SseFetchGuard {
  readonly #context: SseFetchGuardContext;
  readonly #observer: SseFetchGuardObserver;
  readonly #posts = new Map<RequestId, { readonly exchange: Exchange; readonly drop: () => void }>();
  #silence: SilenceWatch | undefined;
  #scanner: EventScanner | undefined;
  #isOpened = false;
  #hasEndpoint = false;
  #isStopped = false;

  constructor(context: SseFetchGuardContext, observer: SseFetchGuardObserver) {
    this.#context = context;
    this.#observer = observer;
  }

  /** The `fetch` of the SDK. Rejects with `FaultError`. */
  readonly fetch: FetchLike = (input, init) => {
    const request = sdkRequest(input, init);
    // A second stream would be a session without a handshake.
    const isSecond = this.#isOpened && request.method !== 'POST';
    if (this.#isStopped || isSecond) return Promise.reject(new FaultError({ kind: 'closed' }, 'not-sent'));
    return request.method === 'POST' ? this.#post(request) : this.#open(request);
  };

  /** Free the socket of a message that still waits to be accepted. Returns whether the server may have seen it. */
  cancel(id: RequestId): boolean {
    const post = this.#posts.get(id);
    if (post === undefined) return true;
    this.#posts.delete(id);
    post.exchange.abort();
    post.drop();
    return post.exchange.wasSent;
  }

  /** Take back a message that the server cannot have seen; one that is not under way any more may have been seen. */
  recall(id: RequestId): boolean {
    return this.#posts.get(id)?.exchange.wasSent === false && !this.cancel(id);
  }

  /** Begin nothing new, and watch the stream no longer. */
  stop(): void {
    this.#isStopped = true;
    this.#silence?.stop();
    this.#scanner?.stop();
  }

  #open(request: HttpRequest): Promise<Response> {
    return new Promise((resolve, reject) => {
      const refuse = (error: FaultError): void => {
        this.#observer.faulted(error);
        reject(error);
      };
      const exchange: Exchange = this.#context.pool.open(request, {
        responded: (head) => {
          if (head.status === 200 && bodyKind(head) === 'event-stream') {
            this.#isOpened = true;
            const body = this.#read(exchange);
            const headers = { 'content-type': 'text/event-stream' };
            resolve(minimalResponse({ status: 200, headers, body: body.stream }));
            return body;
          }
          this.#context.pool.linger(exchange);
          if (isFollowable(head, request)) resolve(redirectResponse(head));
          else void this.#openFault(head, request).then(refuse);
          return undefined;
        },
        failed: refuse,
      });
    });
  }

  #openFault(head: ResponseHead, request: HttpRequest): Promise<FaultError> {
    if (head.status !== 200) return this.#context.judge.judge(head, request, false);
    const fault = { kind: 'malformed-message', detail: 'the type of the stream' } as const;
    return Promise.resolve(new FaultError(fault, 'unknown'));
  }

  #read(exchange: Exchange): StreamBody {
    const { clock, limitBytes, silenceMs } = this.#context;
    const silence = new SilenceWatch(clock, silenceMs, (silentMs) => {
      this.#observer.faulted(new FaultError({ kind: 'stream-silent', silentMs }, 'unknown'));
    });
    this.#silence = silence;
    const body = new StreamBody(exchange, {
      chunk: (chunk) => {
        silence.heard();
        this.#observer.heard();
        if (scanner.feed(chunk)) return;
        this.#observer.faulted(new FaultError({ kind: 'message-too-large', limitBytes }, 'unknown'));
      },
      ended: () => silence.stop(),
    });
    const scanner = new EventScanner(limitBytes, { event: (event) => this.#event(event, body), retry: () => {} });
    this.#scanner = scanner;
    return body;
  }

  /** The SDK refuses a foreign endpoint too, but with an error that only its text tells from others. */
  #event({ type, data }: ServerSentEvent, body: StreamBody): void {
    if (type === 'message' && data !== undefined && data !== '') this.#observer.message(data);
    if (type !== 'endpoint') return;
    const { url } = this.#context;
    if (data === undefined || !URL.canParse(data, url.href)) {
      this.#observer.faulted(new FaultError({ kind: 'malformed-message', detail: 'the endpoint' }, 'unknown'));
    } else if (new URL(data, url).origin !== url.origin) {
      this.#observer.faulted(new FaultError({ kind: 'foreign-redirect', status: 200 }, 'unknown'));
    } else if (!this.#hasEndpoint) {
      this.#hasEndpoint = true;
      body.pass(`event: endpoint\ndata: ${data.replaceAll('\n', '')}\n\n`);
    }
  }

  async #post(request: HttpRequest): Promise<Response> {
    const head = await this.#postHead(request);
    if (isFollowable(head, request)) return redirectResponse(head);
    if (!isSuccess(head.status)) throw await this.#context.judge.judge(head, request, true);
    return minimalResponse({ status: 202 });
  }

  #postHead(request: HttpRequest): Promise<ResponseHead> {
    const { pool, clock } = this.#context;
    // What the SDK wrote is read again, because it does not say which message a request carries.
    const { id, method } = JSON.parse(request.body ?? '') as { id?: RequestId; method?: string };
    if (id === undefined || method === undefined) {
      return roundTrip(pool, clock, request, acceptanceTimeoutMs(method));
    }
    return new Promise<ResponseHead>((resolve, reject) => {
      const exchange: Exchange = pool.open(request, {
        responded: (head) => {
          this.#posts.delete(id);
          pool.linger(exchange);
          resolve(head);
          return undefined;
        },
        failed: (error) => {
          this.#posts.delete(id);
          reject(error);
        },
      });
      if (!exchange.isSettled) this.#posts.set(id, { exchange, drop: () => resolve(DROPPED) });
    });
  }
}
