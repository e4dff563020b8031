/**
 * The transport over a channel within this process: messages are handed over as the objects that they are, in and out. It
 * decides when the conversation is over and why; it never closes the channel, which its carrier does.
 */

import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../../clock.ts';
import type { InProcessTransport } from '../../config/in-process.ts';
import type { ServerLimits } from '../../config/limits.ts';
import { type Fault, FaultError } from '../../fault.ts';
import { errorCode } from '../error-code.ts';
import { MalformedTally } from '../malformed-tally.ts';
import { MessageRate } from '../message-rate.ts';
import { isMessage } from '../message-shape.ts';
import { SENT, type Transport } from '../transport.ts';
import { TransportCallbacks } from '../transport-callbacks.ts';
import { judgeValues } from './message-values.ts';

/** JSON-RPC code of an error that never came from a server; what it means is in its `data`. */
const UNREADABLE_CODE = -32_000;

/** What an object transport is given beside the channel. */
export interface ObjectTransportOptions {
  readonly clock: Clock;
  readonly limits: Pick<ServerLimits, 'maxMessageValues' | 'maxMessagesPerSecond'>;
}

/**
 * Moves messages over a channel that somebody else made, one object each: nothing is written, copied or waited for.
 *
 * Callbacks come in the order `onopen`, `onmessage`…, `onfault`, `onclose`. What is no message is given to `onerror` as
 * `FaultError` of kind `malformed-message`, each of the first ten and then fewer and fewer, and the conversation goes on. A
 * reply that holds what JSON has not is none either, and fails its request. A callback that throws harms nothing, and the
 * channel does not see it.
 *
 * **Bounds** more values in one message than `maxMessageValues`, as in one that holds itself, end the conversation with
 * `flooded`, and so do more values a second that are no message than `maxMessagesPerSecond`. What a message takes in bytes
 * was taken by whoever made it, and what a message is that is changed after it was handed over is up to whoever does that.
 */
export class ObjectTransport extends TransportCallbacks implements Transport {
  readonly #channel: InProcessTransport;
  readonly #maxValues: number;
  readonly #rate: MessageRate;
  readonly #malformed = new MalformedTally();
  #isStarted = false;
  #isOpen = false;
  #ended: Fault | undefined;
  #rejectStart: (error: FaultError) => void = () => {};

  /** Does no I/O, but hears from now on when the channel closes. Throws what the channel throws when it is told so. */
  constructor(channel: InProcessTransport, { clock, limits }: ObjectTransportOptions) {
    super();
    this.#channel = channel;
    this.#maxValues = limits.maxMessageValues;
    this.#rate = new MessageRate(clock, limits.maxMessagesPerSecond);
    const { onclose } = channel;
    channel.onclose = () => {
      this.tell(() => onclose?.call(channel));
      this.#fail({ kind: 'stream-ended' });
    };
  }

  /**
   * Open the channel. Rejects with `FaultError`, also when the channel closes meanwhile; `close` makes it reject. It has no
   * time limit of its own: a channel that never opens is closed by whoever waits.
   */
  start(): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(new FaultError(this.#ended, 'not-sent'));
    if (this.#isStarted) return Promise.reject(new Error('a transport is started once'));
    this.#isStarted = true;
    return new Promise((resolve, reject) => {
      this.#rejectStart = reject;
      this.#startChannel().then(
        () => {
          if (this.#ended === undefined) this.#open();
          resolve();
        },
        (error: unknown) => this.#fail({ kind: 'transport-unavailable', reason: 'not-started', ...codeOf(error) }),
      );
    });
  }

  /**
   * Hand one message over, in this turn: its reply may arrive before this returns.
   *
   * **Errors** rejects with `FaultError`; its outcome is `not-sent` when the conversation was over, and `unknown` when the
   * channel fails: it has had the message.
   */
  send(message: JSONRPCMessage): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(new FaultError(this.#ended, 'not-sent'));
    let sent: unknown;
    try {
      sent = this.#channel.send(message);
    } catch (error) {
      return Promise.reject(notCarried(error));
    }
    if (typeof sent !== 'object' || sent === null) return SENT;
    return Promise.resolve(sent as Promise<void>).then(undefined, rejectNotCarried);
  }

  setProtocolVersion(version: string): void {
    this.tell(() => this.#channel.setProtocolVersion?.(version));
  }

  /** Nothing to say: closing the channel, which the carrier does, is the farewell. */
  farewell(): Promise<void> {
    return SENT;
  }

  /** Stop at once. `onclose` comes within the call, unless it came before; nothing comes after it. */
  close(): Promise<void> {
    this.#finish({ kind: 'closed' });
    return SENT;
  }

  readonly #receive = (message: unknown): void => {
    if (this.#ended !== undefined) return;
    this.#open();
    const taken = this.#takeable(message);
    if (taken === undefined) return;
    // Written out: a function made for each message is what every call would pay for.
    try {
      this.onheard?.();
    } catch (error) {
      this.report(error);
    }
    try {
      this.onmessage?.(taken);
    } catch (error) {
      this.report(error);
    }
  };

  /** What of it can be handed on: the message, the failure of the request that it answers, or nothing. */
  #takeable(message: unknown): JSONRPCMessage | undefined {
    let id: RequestId | undefined;
    try {
      if (isMessage(message)) {
        if (!('method' in message)) ({ id } = message);
        const values = judgeValues(message, this.#maxValues);
        if (values === 'plain') return message;
        if (values === 'too-many') this.#fail({ kind: 'flooded', what: 'values in one message' });
      }
    } catch {
      // Looking at it threw: a getter or a proxy.
    }
    if (this.#ended === undefined) this.#reject();
    if (this.#ended !== undefined || !(typeof id === 'string' || typeof id === 'number')) return undefined;
    return unreadableReply(id);
  }

  async #startChannel(): Promise<void> {
    this.#channel.onmessage = this.#receive;
    await this.#channel.start();
  }

  /** Some channels deliver what waited before they say that they are open. */
  #open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.tell(() => this.onopen?.());
  }

  #reject(): void {
    if (!this.#rate.take()) return this.#fail({ kind: 'flooded', what: 'values that are no messages' });
    const number = this.#malformed.next();
    if (number === undefined) return;
    // Nothing of it is shown: it may be any object of this process.
    const detail = `what was handed over is not a JSON-RPC message (number ${number})`;
    this.report(new FaultError({ kind: 'malformed-message', detail }));
  }

  #fail(fault: Fault): void {
    // Until it is open, whoever opens it hears of it by the rejection.
    if (this.#ended === undefined) this.#finish(fault, this.#isOpen ? () => this.onfault?.(fault) : undefined);
  }

  #finish(fault: Fault, beforeClose?: () => void): void {
    if (this.#ended !== undefined) return;
    this.#ended = fault;
    if (beforeClose !== undefined) this.tell(beforeClose);
    if (this.#isOpen) this.tell(() => this.onclose?.());
    this.silence();
    this.#rejectStart(new FaultError(fault, 'not-sent'));
  }
}

/** The code of what was thrown, where it has one that may be shown. */
export function codeOf(error: unknown): { readonly code?: string } {
  try {
    const code = errorCode(error);
    return code === undefined ? {} : { code };
  } catch {
    // A getter or a proxy threw.
    return {};
  }
}

/** A reply that cannot be read is the only one there will be, so its request fails now. */
function unreadableReply(id: RequestId): JSONRPCMessage {
  const data = new FaultError({ kind: 'malformed-message', detail: 'the reply holds what JSON has not' }, 'unknown');
  return { jsonrpc: '2.0', id, error: { code: UNREADABLE_CODE, message: 'not readable', data } };
}

/** One message that is not carried says little about the channel, so it is looked whether the server still lives. */
function notCarried(error: unknown): FaultError {
  return new FaultError({ kind: 'unreachable', errno: codeOf(error).code ?? 'UNKNOWN' }, 'unknown');
}

function rejectNotCarried(error: unknown): never {
  throw notCarried(error);
}
