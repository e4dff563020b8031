/**
 * What the SDK's Streamable HTTP transport is given for `fetch`. The SDK says what to send (session, revision, its
 * policy on redirects); every answer is read here: statuses become faults, replies go straight to the requests that
 * wait for them, and the SDK is told no more than that its message was accepted.
 */

import type { FetchLike } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';
import { FaultError } from '../../fault.ts';
import { BoundedBody } from './bounded-body.ts';
import {
  EventStream,
  type EventStreamContext,
  type EventStreamObserver,
  type EventStreamSource,
} from './event-stream.ts';
import type { BodySink, Exchange, ResponseHead } from './exchange.ts';
import type { HttpRequest } from './http-request.ts';
import { isFollowable, isRedirect, isSuccess, leavesOrigin, mayHoldError } from './http-status.ts';
import { bodyKind } from './media-type.ts';
import { minimalResponse, redirectResponse } from './minimal-response.ts';
import type { PendingReply } from './pending-reply.ts';
import { ACCEPTANCE_TIMEOUT_MS, acceptanceTimeoutMs, roundTrip } from './round-trip.ts';
import { sdkRequest } from './sdk-request.ts';

/** Is told what the guard sees that concerns more than one request. */
export interface FetchGuardObserver {
  heard(): void;
  /** The request of ours with this id, while it waits. */
  pending(id: RequestId): PendingReply | undefined;
  /** What the server sends unasked arrives from now on; what it sent before may be lost. */
  listening(): void;
  /** A message that the server sent unasked, as text. */
  pushed(data: string): void;
  /** An event arrived that is no message. */
  unread(): void;
  /** Nothing that the epoch could go on with: its stream of messages is gone, its session, or its budget. */
  faulted(error: FaultError): void;
}

/**
 * What the SDK is told once a request was taken on: its reply comes on a stream, of which there is nothing to read. Told
 * "accepted" it would look, at length, whether the request was the notification after which it opens a stream.
 */
const TAKEN_ON = takenOn(undefined);

/** The SDK stops asking for a stream when it hears that there is none; ours is opened all the same. */
const NO_STREAM = minimalResponse({ status: 405 });

/** Reads the answers of one Streamable HTTP server. */
export class FetchGuard {
  readonly #streams: EventStreamContext;
  readonly #observer: FetchGuardObserver;
  #push: EventStream | undefined;
  #isStopped = false;

  constructor(streams: EventStreamContext, observer: FetchGuardObserver) {
    this.#streams = streams;
    this.#observer = observer;
  }

  /** The `fetch` of the SDK. Rejects with `FaultError`. */
  readonly fetch: FetchLike = (input, init) => {
    const request = sdkRequest(input, init);
    // A transport that has ended begins nothing new, but it may still say farewell.
    if (this.#isStopped && request.method !== 'DELETE') {
      return Promise.reject(new FaultError({ kind: 'closed' }, 'not-sent'));
    }
    switch (request.method) {
      case 'POST':
        return this.#post(request);
      case 'GET':
        return this.#openPush(request);
      case 'DELETE':
        return this.#terminate(request);
    }
  };

  /** Begin nothing new but a farewell, and end the stream of what the server sends unasked. */
  stop(): void {
    this.#isStopped = true;
    this.#push?.abort();
  }

  #post(request: HttpRequest): Promise<Response> {
    // What the SDK wrote is read again, because it does not say which message a request carries.
    const message = JSON.parse(request.body ?? '') as Partial<JSONRPCMessage & { id: RequestId; method: string }>;
    if (message.method === undefined || message.id === undefined) return this.#notify(request, message.method);
    const pending = this.#observer.pending(message.id);
    if (pending === undefined) return Promise.reject(new FaultError({ kind: 'closed' }, 'not-sent'));
    const { headers } = pending;
    return this.#ask(
      headers === undefined ? request : { ...request, headers: { ...request.headers, ...headers } },
      pending,
    );
  }

  async #notify(request: HttpRequest, method: string | undefined): Promise<Response> {
    const head = await roundTrip(this.#streams.pool, this.#streams.clock, request, acceptanceTimeoutMs(method));
    if (isFollowable(head, request)) return redirectResponse(head);
    if (!isSuccess(head.status)) throw await this.#judge(head, request);
    this.#observer.heard();
    return minimalResponse({ status: head.status });
  }

  #ask(request: HttpRequest, pending: PendingReply): Promise<Response> {
    return new Promise((resolve, reject) => {
      const exchange: Exchange = this.#streams.pool.open(request, {
        responded: (head) => {
          if (isSuccess(head.status)) {
            this.#observer.heard();
            const sink = this.#replySink(head, request, pending, exchange);
            // Any later answer could replace the session, so only the first one is let through.
            resolve(pending.method === 'initialize' ? takenOn(head.header('mcp-session-id')) : TAKEN_ON);
            return sink;
          }
          if (pending.headers !== undefined && mayHoldError(head.status) && bodyKind(head) === 'json') {
            resolve(TAKEN_ON);
            return this.#refusalSink(head, request, pending, exchange);
          }
          this.#streams.pool.linger(exchange);
          if (isFollowable(head, request)) resolve(redirectResponse(head));
          else this.#judge(head, request).then(reject, reject);
          return undefined;
        },
        failed: reject,
      });
      pending.carriedBy(exchange);
    });
  }

  /** Who reads the answer to a request, by its type; one that cannot hold the reply fails the request. */
  #replySink(
    head: ResponseHead,
    { url, headers }: HttpRequest,
    pending: PendingReply,
    exchange: Exchange,
  ): BodySink | undefined {
    const kind = head.status === 202 || head.status === 204 ? 'none' : bodyKind(head);
    switch (kind) {
      case 'json':
        return new BoundedBody(exchange, this.#streams.limitBytes, {
          heard: () => this.#observer.heard(),
          complete: (text) => pending.takeBody(text),
          failed: (error) => pending.fail(brokenReply(error)),
        });
      case 'event-stream': {
        // In the discover era nothing is opened again: what is lost is asked for anew.
        const stream = this.#stream(
          { kind: pending.headers === undefined ? 'reply' : 'once', url, headers: sessionHeaders(headers) },
          {
            message: (data) => {
              if (!pending.takeEvent(data)) this.#observer.unread();
            },
            ended: (error) => {
              pending.fail(brokenReply(error));
              if (endsEpoch(error)) this.#observer.faulted(error);
            },
          },
        );
        pending.answeredOn(stream);
        return stream.read(exchange);
      }
      case 'none':
        pending.fail(new FaultError({ kind: 'reply-lost' }, 'unknown'));
        return undefined;
      case 'other':
        pending.fail(new FaultError({ kind: 'malformed-message', detail: 'the type of the reply' }, 'unknown'));
        return undefined;
    }
  }

  /** Reads why the server refused a request: its own error is the reply, anything else means what the status says. */
  #refusalSink(head: ResponseHead, request: HttpRequest, pending: PendingReply, exchange: Exchange): BodySink {
    const judge = () => void this.#judge(head, request).then((error) => pending.fail(error));
    return new BoundedBody(exchange, this.#streams.limitBytes, {
      heard: () => this.#observer.heard(),
      complete: (text) => {
        if (!pending.takeRefusal(text)) judge();
      },
      failed: judge,
    });
  }

  /**
   * Open the stream of what the server sends unasked, and tell the SDK that there is none. A server that answers with
   * a status has no such stream, or not for us; one that does not answer is gone.
   */
  #openPush(request: HttpRequest): Promise<Response> {
    const { pool, budget, maxStreamsPerMinute } = this.#streams;
    if (!budget.take(maxStreamsPerMinute)) {
      this.#observer.faulted(new FaultError({ kind: 'flooded', what: 'streams' }, 'unknown'));
      return Promise.resolve(NO_STREAM);
    }
    return new Promise((resolve) => {
      const exchange: Exchange = pool.open(request, {
        responded: (head) => {
          if (head.status === 200 && bodyKind(head) === 'event-stream') {
            resolve(NO_STREAM);
            return this.#readPush(request, exchange);
          }
          pool.linger(exchange);
          if (isRedirect(head.status) && leavesOrigin(head, request.url)) {
            this.#observer.faulted(new FaultError({ kind: 'foreign-redirect', status: head.status }, 'refused'));
          }
          resolve(isFollowable(head, request) ? redirectResponse(head) : NO_STREAM);
          return undefined;
        },
        failed: (error) => {
          resolve(NO_STREAM);
          this.#observer.faulted(error);
        },
      });
    });
  }

  #readPush({ url, headers }: HttpRequest, exchange: Exchange): BodySink {
    this.#push?.abort();
    this.#push = this.#stream(
      { kind: 'push', url, headers: sessionHeaders(headers) },
      {
        opened: () => this.#observer.listening(),
        message: (data) => this.#observer.pushed(data),
        ended: (error) => this.#observer.faulted(error),
      },
    );
    return this.#push.read(exchange);
  }

  async #terminate(request: HttpRequest): Promise<Response> {
    const head = await roundTrip(this.#streams.pool, this.#streams.clock, request, ACCEPTANCE_TIMEOUT_MS);
    return isFollowable(head, request) ? redirectResponse(head) : minimalResponse({ status: head.status });
  }

  #stream(source: EventStreamSource, observer: Omit<EventStreamObserver, 'heard'>): EventStream {
    return new EventStream(this.#streams, source, { heard: () => this.#observer.heard(), ...observer });
  }

  #judge(head: ResponseHead, request: HttpRequest): Promise<FaultError> {
    return this.#streams.judge.judge(head, request, request.headers['mcp-session-id'] !== undefined);
  }
}

function takenOn(sessionId: string | undefined): Response {
  return minimalResponse({
    status: 200,
    headers: { 'content-type': 'text/event-stream', 'mcp-session-id': sessionId },
  });
}

/** A request that was taken on may have run, whatever happened to its reply. */
function brokenReply({ fault }: FaultError): FaultError {
  switch (fault.kind) {
    case 'stream-silent':
    case 'message-too-large':
    case 'closed':
      return new FaultError(fault, 'unknown');
    default:
      return new FaultError({ kind: 'reply-lost' }, 'unknown');
  }
}

function endsEpoch({ fault }: FaultError): boolean {
  return fault.kind === 'session-lost' || fault.kind === 'flooded';
}

/** What a stream needs to be opened again: the session and the revision, but nothing of the message it replied to. */
function sessionHeaders({
  'content-type': _type,
  accept: _accept,
  ...rest
}: HttpRequest['headers']): HttpRequest['headers'] {
  return rest;
}
