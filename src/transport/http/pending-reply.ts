/**
 * One request that waits for its reply. It knows which exchange or stream carries the reply, recognises it among
 * what the server sends, and fails at once when it can no longer come. What arrives is held back until the request
 * counts as sent, so that the SDK knows its session before it sees the first reply.
 */

import {
  isJSONRPCErrorResponse,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js';
import { FaultError } from '../../fault.ts';
import { holdsMoreValues } from '../json-text.ts';
import type { EventStream } from './event-stream.ts';
import type { Exchange } from './exchange.ts';
import type { RequestHeaders } from './request-headers.ts';

/** What an exchange is ended with whose reply nobody waits for any more; seen by nobody. */
const NOT_WANTED = new FaultError({ kind: 'closed' }, 'unknown');

/** A request of ours under way. */
export class PendingReply {
  readonly id: RequestId;
  readonly method: string;
  /** What only this request says in its headers; with it, it is of the discover era. */
  readonly headers: RequestHeaders | undefined;
  readonly #maxValues: number;
  readonly #deliver: (message: JSONRPCMessage) => void;
  #held: JSONRPCMessage[] | undefined = [];
  #exchange: Exchange | undefined;
  #stream: EventStream | undefined;
  #state: 'waiting' | 'answered' | 'cancelled' | FaultError = 'waiting';
  #wake: (() => void) | undefined;
  #isPreceded = false;

  constructor(
    { id, method, headers }: { id: RequestId; method: string; headers?: RequestHeaders | undefined },
    maxValues: number,
    deliver: (message: JSONRPCMessage) => void,
  ) {
    this.#maxValues = maxValues;
    this.id = id;
    this.method = method;
    this.headers = headers;
    this.#deliver = deliver;
  }

  /** Whether the request may have left this process. */
  get wasSent(): boolean {
    return this.#exchange?.wasSent ?? false;
  }

  /** Whether it ended well: its reply is here, or nobody wants it any more. */
  get isDone(): boolean {
    return this.#state === 'answered' || this.#state === 'cancelled';
  }

  /** Say which exchange carries it; a redirect makes it another one. */
  carriedBy(exchange: Exchange): void {
    this.#exchange = exchange;
    if (this.#state !== 'waiting') exchange.fail(NOT_WANTED);
  }

  /** Say which stream its reply comes on. */
  answeredOn(stream: EventStream): void {
    this.#stream = stream;
  }

  /** The text of one message arrived on its stream. Returns whether it is one; otherwise the end of the stream decides. */
  takeEvent(data: string): boolean {
    if (this.#isTooMuch(data)) return true;
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      return false;
    }
    this.#take(value);
    return typeof value === 'object' && value !== null;
  }

  /** The whole of its body arrived, as JSON. */
  takeBody(text: string): void {
    if (this.#isTooMuch(text)) return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.fail(malformed('the reply is not JSON'));
      return;
    }
    for (const message of Array.isArray(value) ? value : [value]) this.#take(message);
    // An error costs a trace of the stack, and nearly every reply is in its body.
    if (this.#state === 'waiting') this.fail(new FaultError({ kind: 'reply-lost' }, 'unknown'));
  }

  /** The whole body of an answer that is no success arrived. Returns whether it is the server's own refusal. */
  takeRefusal(text: string): boolean {
    const isRefusal = isErrorOf(text, this.id);
    if (isRefusal) this.takeBody(text);
    return isRefusal;
  }

  /** Its reply arrived, here or on another stream: whatever still carries it may end. */
  answered(): void {
    if (!this.#settle('answered')) return;
    if (this.#stream === undefined) this.#exchange?.fail(NOT_WANTED);
    else this.#stream.finish();
  }

  /** Its reply cannot come any more. */
  fail(error: FaultError): void {
    if (this.#settle(error)) this.#breakOff(error);
  }

  /** Nobody waits for it any more: the socket is freed, and it ends without an error. */
  cancel(): void {
    if (this.#settle('cancelled')) this.#breakOff(NOT_WANTED);
  }

  /** The request counts as sent: resolves when its reply was delivered, rejects with `FaultError` if it never can be. */
  async outcome(): Promise<void> {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const message of held) {
      this.#deliver(message);
      // The SDK handles a notification a turn later, and by then a reply would have ended its request.
      if (held.length > 1) await Promise.resolve();
    }
    if (this.#state === 'waiting') {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#state instanceof FaultError) throw this.#state;
  }

  #isTooMuch(text: string): boolean {
    const isTooMuch = holdsMoreValues(text, this.#maxValues);
    if (isTooMuch) this.fail(malformed('the reply holds too many values'));
    return isTooMuch;
  }

  #take(value: unknown): void {
    if (this.#state !== 'waiting' || typeof value !== 'object' || value === null) return;
    const message = this.#isUnaddressedError(value) ? { ...value, id: this.id } : value;
    const isReply = 'id' in message && message.id === this.id && !('method' in message);
    // The SDK drops a reply that its own check rejects, and would wait for another one.
    if (isReply && !isJSONRPCResultResponse(message) && !isJSONRPCErrorResponse(message)) {
      this.fail(malformed('the reply is not JSON-RPC'));
      return;
    }
    this.#hand(message as JSONRPCMessage, isReply);
    if (isReply) this.answered();
  }

  #hand(message: JSONRPCMessage, isReply: boolean): void {
    if (this.#held !== undefined) this.#held.push(message);
    else if (isReply && this.#isPreceded) queueMicrotask(() => this.#deliver(message));
    else this.#deliver(message);
    this.#isPreceded = true;
  }

  /** A server that could not read our request answers with an error that has no id (JSON-RPC 2.0, section 5). */
  #isUnaddressedError(value: object): boolean {
    return 'error' in value && !('method' in value) && (!('id' in value) || value.id === null);
  }

  #settle(state: 'answered' | 'cancelled' | FaultError): boolean {
    if (this.#state !== 'waiting') return false;
    this.#state = state;
    this.#wake?.();
    return true;
  }

  #breakOff(error: FaultError): void {
    this.#stream?.abort();
    this.#exchange?.fail(error);
  }
}

function isErrorOf(text: string, id: RequestId): boolean {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  if (typeof value !== 'object' || value === null || !('error' in value)) return false;
  const about: unknown = 'id' in value ? value.id : null;
  return about === id || about === null;
}

function malformed(detail: string): FaultError {
  return new FaultError({ kind: 'malformed-message', detail }, 'unknown');
}
