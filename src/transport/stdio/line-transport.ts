/**
 * The transport over the pipes of one process: one JSON-RPC message per line, in and out. It decides when the
 * conversation is over and why; it never ends the process, which its carrier does.
 */

import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../../clock.ts';
import type { ServerLimits } from '../../config/limits.ts';
import { type Fault, FaultError } from '../../fault.ts';
import { cancelledRequest } from '../cancellation.ts';
import { holdsMoreValues } from '../json-text.ts';
import { MalformedTally } from '../malformed-tally.ts';
import { MessageRate } from '../message-rate.ts';
import type { Transport } from '../transport.ts';
import { TransportCallbacks } from '../transport-callbacks.ts';
import { EndVerdict } from './end-verdict.ts';
import { parseMessage } from './json-rpc-line.ts';
import { LineFraming } from './line-framing.ts';
import { Outbox } from './outbox.ts';
import type { ServerProcess } from './server-process.ts';
import { showServerText, WINDOW_BYTES } from './server-text.ts';

/** Characters of a line that is no message, as quoted in its error. */
const QUOTE_CHARS = 120;
const DONE: Promise<void> = Promise.resolve();

/** What a line transport is given beside the process. */
export interface LineTransportOptions {
  readonly clock: Clock;
  readonly scrub: (text: string) => string;
  readonly limits: ServerLimits;
}

/**
 * Moves messages over the pipes of a spawned process.
 *
 * Callbacks come in the order `onopen`, `onmessage`…, `onfault`, `onclose`. Lines that are no message are given
 * to `onerror` as `FaultError` of kind `malformed-message`, each of the first ten and then fewer and fewer, and
 * the conversation goes on. A callback that throws harms nothing.
 *
 * **Bounds** a line over `maxMessageBytes` ends the conversation with `message-too-large`, and more lines a second that
 * are no message than `maxMessagesPerSecond` with `flooded`; writes are bounded by `maxQueuedBytes` and `writeTimeoutMs`.
 * **Source** MCP 2025-11-25, basic/transports, stdio.
 */
export class LineTransport extends TransportCallbacks implements Transport {
  readonly #process: ServerProcess;
  readonly #options: LineTransportOptions;
  readonly #framing: LineFraming;
  readonly #outbox: Outbox;
  readonly #verdict: EndVerdict;
  readonly #rate: MessageRate;
  readonly #malformed = new MalformedTally();
  #started = false;
  #over = false;

  constructor(process: ServerProcess, options: LineTransportOptions) {
    super();
    this.#process = process;
    this.#options = options;
    const { maxMessageBytes, maxMessagesPerSecond } = options.limits;
    this.#rate = new MessageRate(options.clock, maxMessagesPerSecond);
    this.#framing = new LineFraming(maxMessageBytes, {
      line: (bytes, start, end) => this.#readLine(bytes, start, end),
      overflow: () => this.#fail({ kind: 'message-too-large', limitBytes: maxMessageBytes }),
    });
    this.#outbox = new Outbox(process.stdin, options.limits, options.clock, (queuedBytes) =>
      this.#fail({ kind: 'write-stalled', queuedBytes }),
    );
    this.#verdict = new EndVerdict(
      options.clock,
      () => process.readStderr(),
      (fault) => this.#fail(fault),
    );
  }

  /** Open it: the process runs already, so this resolves at once. Rejects with `FaultError` once it is over. */
  start(): Promise<void> {
    if (this.#over) return Promise.reject(new FaultError({ kind: 'closed' }, 'not-sent'));
    if (this.#started) return Promise.reject(new Error('a transport is started once'));
    this.#started = true;
    this.tell(() => this.onopen?.());
    this.#process.observe({
      received: (chunk) => {
        if (this.#over) return;
        this.#verdict.heard();
        this.#framing.push(chunk);
      },
      stderrReceived: () => this.#verdict.heard(),
      pipeEnded: (pipe) => {
        if (this.#over) return;
        if (pipe !== 'stderr') this.#outbox.hold();
        this.#verdict.pipeEnded(pipe);
      },
      exited: (exit) => {
        if (this.#over) return;
        this.#outbox.hold();
        this.#verdict.exited(exit);
      },
    });
    return DONE;
  }

  /**
   * Send one message. Resolves when the system has taken it, or when it is the cancellation of a request that still
   * waited here: neither is sent then.
   *
   * **Errors** rejects with `FaultError`; its outcome is `not-sent` when no byte was written, else `unknown`. A
   * message that JSON cannot express (a cycle, a bigint) rejects with the `TypeError` of `JSON.stringify`.
   */
  send(message: JSONRPCMessage): Promise<void> {
    let line: string;
    try {
      line = `${JSON.stringify(message)}\n`;
    } catch (error) {
      return Promise.reject(error);
    }
    const cancelled = cancelledRequest(message);
    if (cancelled !== undefined && this.#outbox.recall(cancelled)) return DONE;
    return this.#outbox.send(line, 'method' in message && 'id' in message ? message.id : undefined);
  }

  recall(id: RequestId): boolean {
    return this.#outbox.recall(id);
  }

  /** Nothing to say on stdio: the end of stdin, which the carrier brings, is the farewell. */
  farewell(): Promise<void> {
    return DONE;
  }

  /** Stop at once. `onclose` comes within the call, unless it came before; nothing comes after it. */
  close(): Promise<void> {
    this.#finish({ kind: 'closed' });
    return DONE;
  }

  /** The process is released: say how it ended, if that was not said, and stop. */
  conclude(): void {
    const { exit } = this.#process;
    if (exit === undefined) this.#finish({ kind: 'closed' });
    else this.#fail({ kind: 'process-exited', ...exit, stderr: this.#process.readStderr() });
  }

  #readLine(bytes: Buffer, start: number, end: number): void {
    if (this.#over) return;
    // As expensive as a message, and of no use to anybody.
    if (isBlank(bytes, start, end)) return this.#countUseless();
    let message: ReturnType<typeof parseMessage>;
    try {
      const text = bytes.toString('utf8', start, end);
      if (holdsMoreValues(text, this.#options.limits.maxMessageValues)) {
        return this.#fail({ kind: 'flooded', what: 'values in one message' });
      }
      message = parseMessage(text);
    } catch {
      // Longer than a string can be, which only a limit of half a gigabyte and more lets through.
      message = 'not-json';
    }
    if (typeof message === 'string') return this.#reject(bytes.subarray(start, end), message);
    try {
      this.onheard?.();
    } catch (error) {
      this.report(error);
    }
    try {
      this.onmessage?.(message);
    } catch (error) {
      this.report(error);
    }
  }

  #reject(line: Buffer, why: 'not-json' | 'not-json-rpc'): void {
    this.#countUseless();
    const number = this.#malformed.next();
    if (number === undefined) return;
    const quote = showServerText(
      line.subarray(0, WINDOW_BYTES),
      line.length > WINDOW_BYTES,
      QUOTE_CHARS,
      this.#options.scrub,
    );
    const what = why === 'not-json' ? 'is not JSON' : 'is JSON and not a JSON-RPC message';
    const detail = `line on stdout ${what} (number ${number}): ${quote}`;
    this.report(new FaultError({ kind: 'malformed-message', detail }));
  }

  #countUseless(): void {
    if (!this.#rate.take()) this.#fail({ kind: 'flooded', what: 'lines that are no messages' });
  }

  #fail(fault: Fault): void {
    if (this.#over) return;
    this.#finish(fault, () => this.onfault?.(fault));
  }

  #finish(fault: Fault, beforeClose?: () => void): void {
    if (this.#over) return;
    this.#over = true;
    this.#verdict.cancel();
    this.#framing.clear();
    this.#outbox.hold();
    if (beforeClose !== undefined) this.tell(beforeClose);
    this.tell(() => this.onclose?.());
    // Last: what has been rejected can no longer be taken back.
    this.#outbox.end(fault);
  }
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  return start === end || (end === start + 1 && bytes[start] === 0x0d);
}
