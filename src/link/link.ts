/**
 * The one port behind which the SDK lines stand: a link is an opened conversation over one transport. It is
 * constructed without I/O, opened once, ends once and is never reused.
 */

import type {
  CreateMessageResultWithTools,
  ElicitResult,
  Implementation,
  LoggingMessageNotificationParams,
  Progress,
  Root,
  ServerCapabilities,
} from '@modelcontextprotocol/sdk/types.js';
import type { Fault } from '../fault.ts';
import type { ChangedList } from './lists.ts';
import type { RequestMethod, RequestShapes } from './requests.ts';
import type { SignOfLife } from './sign-of-life.ts';

/** Which handshake a server speaks: `initialize` (revisions to 2025-11-25) or `discover` (2026-07-28 on). */
export type Era = 'initialize' | 'discover';

/** Who the server said it is in the handshake. Untrusted text; in the discover era it may say no name. */
export interface ServerIdentity {
  readonly era: Era;
  readonly protocolVersion: string;
  readonly implementation?: Implementation | undefined;
  readonly capabilities: ServerCapabilities;
  readonly instructions?: string | undefined;
}

/** Options of one request on a link. */
export interface RequestOptions {
  /** When the request fails with `timed-out`, in milliseconds from now. */
  readonly timeoutMs: number;
  /** Aborting cancels on the wire and rejects at once. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Why a request on a link failed. Internal; the call room turns it into a `CallError`. */
export type RequestFailure =
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'aborted' }
  /** The link ended, or its transport could not carry the request. */
  | { readonly kind: 'fault'; readonly fault: Fault; readonly outcome: 'not-sent' | 'refused' | 'unknown' }
  /** The server answered with a JSON-RPC error. Scrubbed text. */
  | { readonly kind: 'server-error'; readonly code: number; readonly message: string; readonly data?: unknown }
  /** The server wanted input for it in its reply, and was not given it. */
  | { readonly kind: 'input-refused'; readonly detail: string }
  /** The reply arrived and is not valid. */
  | { readonly kind: 'invalid-reply'; readonly detail: string }
  /** The server does not offer it, so nothing was sent. */
  | { readonly kind: 'unsupported'; readonly what: string };

/** What a link's request rejects with. */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  constructor(readonly failure: RequestFailure) {
    super(failure.kind);
  }
}

/** What a link tells and asks while it lives. Nothing is told after `ended` has resolved. */
export interface LinkObserver extends SessionObserver {
  /** The transport is open; the handshake begins. */
  opened(): void;
  /** The server says that its list of tools changed. */
  toolsChanged(): void;
  /** A request waits for its reply where none waited before. Called on the path of calls: must be cheap. */
  busy(): void;
  /** No request waits for its reply any more. Called on the path of calls: must be cheap. */
  idle(): void;
  /** Whether silence says anything about the server. */
  readonly pulse: PulseState;
}

/** What whoever asks for signs of life is allowed to make of silence. */
export interface PulseState {
  /** Whether none is to be asked for, and none that is missing counts: the world is gone, and the server may be well. */
  readonly isHeld: boolean;
  /** Another one after each change: what was asked before counts for nothing. */
  readonly phase: number;
}

/** The part of it that belongs to the session of a server. None of it may throw. */
export interface SessionObserver {
  /** What the server says by itself is heard from now on; what it said before may be lost. Not told by every transport. */
  listening(): void;
  /** The server logs something. Untrusted, not scrubbed. */
  logged(message: LoggingMessageNotificationParams): void;
  /** The server says that one of its lists changed, other than that of its tools. */
  listChanged(list: ChangedList): void;
  /** The server says that a resource, or a part of it, changed. Untrusted, not scrubbed. */
  resourceUpdated(uri: string): void;
  /** The server says that the state of a task changed: a hint, no more. Untrusted. */
  taskChanged(id: string): void;
  /** The roots, each time the server asks. Only with it are roots declared in the handshake. */
  readonly roots?: (() => readonly Root[]) | undefined;
  /** The server says that a person is done with a page. Untrusted, not scrubbed. */
  elicitationCompleted(id: string): void;
  /**
   * Ask a person on behalf of the server. The parameters are as the server sent them, unchecked. Rejects with
   * `RefusedRequest`; the signal is aborted when the server cancels or the link ends. Only with it is elicitation declared in
   * the handshake.
   */
  readonly elicit?: ((params: unknown, signal: AbortSignal) => Promise<ElicitResult>) | undefined;
  /** Asks the model of the host on behalf of the server. Only with it is sampling declared in the handshake. */
  readonly sampling?: SamplingObserver | undefined;
}

/** Asks the model of the host on behalf of a server. */
export interface SamplingObserver {
  /** Whether a request may bring tools; declared with it. */
  readonly tools: boolean;
  /**
   * Ask. The parameters are as the server sent them, unchecked. Rejects with `RefusedRequest`; the signal is aborted when
   * the server cancels or the link ends.
   */
  sample(params: unknown, signal: AbortSignal): Promise<CreateMessageResultWithTools>;
}

/** An opened conversation over a transport, on one SDK line. */
export interface Link {
  /** Handshake. Rejects with `FaultError`. Called once; aborting the signal makes it reject. */
  open(signal: AbortSignal): Promise<ServerIdentity>;
  /** Send one request. Rejects with `RequestError`, at once when the link has ended. */
  request<M extends RequestMethod>(
    method: M,
    params: RequestShapes[M]['params'],
    options: RequestOptions,
  ): Promise<RequestShapes[M]['result']>;
  /** Ask for a sign of life, by a ping unless told otherwise: any answer counts. Rejects with `RequestError`. */
  alive(timeoutMs: number, signal?: AbortSignal, sign?: SignOfLife): Promise<void>;
  /** Tell the server that the roots changed; nothing where they were not declared in the handshake. Never rejects. */
  rootsChanged(): Promise<void>;
  /** Requests that wait for their reply, signs of life not counted. */
  readonly pendingCount: number;
  /** When anything of the server was last heard, a header or a keep-alive included, on the monotonic clock. */
  readonly lastHeardAtMs: number;
  /** Messages of the server that arrived so far. */
  readonly messageCount: number;
  /** Resolves once, with why the link ended. Never rejects. */
  readonly ended: Promise<Fault>;
  /** End it now: what is pending rejects in this turn, whatever arrives later is dropped. Idempotent. */
  abandon(fault: Fault): void;
  /** Say farewell to the server, then end. Never rejects; bounded by the transport's own limits. */
  close(): Promise<void>;
}
