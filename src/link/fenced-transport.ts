/**
 * The fence between a transport and the SDK client that talks over it. Once cut, what is pending rejects in
 * that turn and nothing that arrives later gets through. It also answers a request that could not be sent
 * with a local error, because the SDK keeps the handlers of requests whose sending failed.
 */

import type { Transport as SdkTransport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage, MessageExtraInfo, RequestId } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../clock.ts';
import type { ServerLimits } from '../config/limits.ts';
import { type Fault, FaultError } from '../fault.ts';
import { InFlight } from '../policy/in-flight.ts';
import { MessageRate } from '../transport/message-rate.ts';
import { SENT, type SendOptions, type Transport } from '../transport/transport.ts';

/** What the owner of a fence hears of its transport. */
export interface FenceObserver {
  opened(): void;
  heard(): void;
  listening(): void;
  /** Nothing can be sent any more; what is pending may still be answered until the transport is closed. */
  ending(fault: Fault): void;
  faulted(fault: Fault): void;
}

/** What a fence is given beside its transport. */
export interface FenceOptions {
  readonly clock: Clock;
  readonly limits: Pick<ServerLimits, 'maxServerRequests' | 'maxMessagesPerSecond'>;
  /** The transport has started already. */
  readonly isStarted?: boolean;
}

/** JSON-RPC code of an error that never came from a server; what it means is in its `data`. */
const LOCAL_ERROR_CODE = -32_000;

/** One transport, as the SDK client sees it. */
export class FencedTransport implements SdkTransport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: <T extends JSONRPCMessage>(message: T, extra?: MessageExtraInfo) => void;
  /** Messages that arrived so far. */
  messageCount = 0;
  readonly #inner: Transport;
  readonly #observer: FenceObserver;
  readonly #maxServerRequests: number;
  readonly #isStarted: boolean;
  readonly #rate: MessageRate;
  #isEnding = false;
  #isCut = false;
  #replyingCount = 0;
  #reading: JSONRPCMessage | undefined;
  #unhandledCount = 0;
  /** Requests whose sending has not ended yet. */
  readonly #sending = new InFlight((id: RequestId) => id);

  constructor(inner: Transport, observer: FenceObserver, { clock, limits, isStarted = false }: FenceOptions) {
    this.#inner = inner;
    this.#isStarted = isStarted;
    this.#observer = observer;
    this.#maxServerRequests = limits.maxServerRequests;
    this.#rate = new MessageRate(clock, limits.maxMessagesPerSecond);
    inner.onopen = () => {
      if (!this.#isCut) observer.opened();
    };
    inner.onheard = () => observer.heard();
    inner.onlistening = () => {
      if (!this.#isCut) observer.listening();
    };
    inner.onfault = (fault) => {
      this.#isEnding = true;
      observer.ending(fault);
    };
    inner.onmessage = (message, extra) => {
      const isReply = !('method' in message);
      // What the server says by itself could not be answered.
      if (!isReply && (this.#isEnding || !this.#mayGoOn())) return;
      this.messageCount += 1;
      // The SDK handles whatever is no reply a turn later, and by then a reply would have ended its request.
      if (isReply && this.#unhandledCount > 0) queueMicrotask(() => this.#read(message, extra));
      else this.#read(message, extra);
      if (isReply) return;
      this.#unhandledCount += 1;
      queueMicrotask(() => {
        this.#unhandledCount -= 1;
      });
    };
    inner.onerror = (error) => this.onerror?.(error);
    inner.onclose = () => observer.faulted({ kind: 'stream-ended' });
  }

  get sessionId(): string | undefined {
    return this.#inner.sessionId;
  }

  setProtocolVersion(version: string): void {
    this.#inner.setProtocolVersion?.(version);
  }

  async start(): Promise<void> {
    if (!this.#isStarted) await this.#inner.start();
  }

  send(message: JSONRPCMessage, options?: SendOptions): Promise<void> {
    if (!('method' in message)) return this.#reply(message, options);
    const sent = this.#inner.send(message, options);
    return 'id' in message && sent !== SENT ? this.#carried(message.id, sent) : sent;
  }

  /** The client could make nothing of what it reads: where that is a reply, its request fails instead of hanging. */
  unread(): void {
    const message = this.#reading;
    this.#reading = undefined;
    if (message === undefined || 'method' in message) return;
    if (!this.#mayGoOn() || message.id === undefined) return;
    this.#answerLocally(message.id, undefined);
  }

  /** End the conversation as the client sees it; the transport itself is closed by whoever opened it. */
  cut(fault: Fault): void {
    if (this.#isCut) return;
    this.#isCut = true;
    // The SDK rejects all that is pending alike; what never left this process may be sent again.
    for (const id of this.#sending.all()) {
      if (this.#inner.recall?.(id) === true) this.#answerLocally(id, new FaultError(fault, 'not-sent'));
    }
    const { onclose } = this;
    delete this.onmessage;
    delete this.onclose;
    delete this.onerror;
    this.#inner.onmessage = undefined;
    this.#inner.onclose = undefined;
    this.#inner.onerror = undefined;
    onclose?.();
  }

  /** Tell the server that we leave. Never rejects. */
  farewell(): Promise<void> {
    return this.#inner.farewell();
  }

  /** The SDK closes on a failed handshake: that ends the conversation, and its owner closes the transport. */
  async close(): Promise<void> {
    this.cut({ kind: 'closed' });
  }

  /** A request whose sending has not ended yet. */
  async #carried(id: RequestId, sent: Promise<void>): Promise<void> {
    this.#sending.add(id);
    try {
      await sent;
    } catch (error) {
      this.#answerLocally(id, error);
    } finally {
      this.#sending.take(id);
    }
  }

  /** Answer a request of the server. Over HTTP each answer takes a socket, so their number is bounded. */
  async #reply(message: JSONRPCMessage, options?: SendOptions): Promise<void> {
    // The handlers of a conversation that has ended still answer, and nobody listens.
    if (this.#isCut) return;
    if (this.#replyingCount >= this.#maxServerRequests) {
      this.#observer.faulted({ kind: 'flooded', what: 'requests' });
      return;
    }
    this.#replyingCount += 1;
    try {
      await this.#inner.send(message, options);
    } finally {
      this.#replyingCount -= 1;
    }
  }

  /** Count a message that nobody asked for. */
  #mayGoOn(): boolean {
    if (this.#rate.take()) return true;
    this.#observer.faulted({ kind: 'flooded', what: 'messages' });
    return false;
  }

  #read(message: JSONRPCMessage, extra: MessageExtraInfo | undefined): void {
    this.#reading = message;
    this.onmessage?.(message, extra);
    this.#reading = undefined;
  }

  #answerLocally(id: RequestId, error: unknown): void {
    const data =
      error instanceof FaultError
        ? error
        : new FaultError({ kind: 'malformed-message', detail: 'the reply' }, 'unknown');
    // `data` is passed on by reference, so its class tells it from anything a server can send.
    this.onmessage?.({ jsonrpc: '2.0', id, error: { code: LOCAL_ERROR_CODE, message: 'not carried', data } });
  }
}
