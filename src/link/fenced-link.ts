/**
 * What links of both SDK lines have in common: one fence around one transport, one end, what waits for its reply, and
 * what it means when a request cannot be carried.
 */

import type { Implementation } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../clock.ts';
import { type Fault, FaultError } from '../fault.ts';
import type { Transport } from '../transport/transport.ts';
import type { EraFinding } from './era-probe.ts';
import { FencedTransport, type FenceObserver, type FenceOptions } from './fenced-transport.ts';
import { type LinkObserver, RequestError, type RequestFailure } from './link.ts';
import type { SignOfLife } from './sign-of-life.ts';

/** What a link needs beside its transport. */
export interface LinkContext {
  readonly clock: Clock;
  readonly clientInfo: Implementation;
  readonly observer: LinkObserver;
  /** Takes the secrets of this server's configuration out of a text. */
  readonly scrub: (text: string) => string;
  /** Bounds on what the server sends unasked. */
  readonly limits: FenceOptions['limits'];
  /** What was found out about the server over this transport, which has started for it. */
  readonly finding?: EraFinding;
  /** How long the sign of life may take that follows a request which could not be carried. */
  readonly probeTimeoutMs: number;
}

/** The part of a link that stands on no SDK line. */
export abstract class FencedLink {
  readonly ended: Promise<Fault>;
  protected readonly context: LinkContext;
  protected readonly fence: FencedTransport;
  #end: (fault: Fault) => void = () => {};
  #fault: Fault | undefined;
  #probe: Promise<void> | undefined;
  #lastHeardAtMs: number;
  #pendingCount = 0;
  /** The handshake is through. */
  #isOpen = false;

  constructor(transport: Transport, context: LinkContext) {
    this.context = context;
    this.#lastHeardAtMs = context.clock.monotonic();
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    const observer: FenceObserver = {
      opened: () => context.observer.opened(),
      listening: () => context.observer.listening(),
      heard: () => {
        this.#lastHeardAtMs = context.clock.monotonic();
      },
      ending: (fault) => this.#endWith(fault),
      faulted: (fault) => this.abandon(fault),
    };
    this.fence = new FencedTransport(transport, observer, { ...context, isStarted: context.finding !== undefined });
  }

  abstract alive(timeoutMs: number, signal?: AbortSignal, sign?: SignOfLife): Promise<void>;

  get pendingCount(): number {
    return this.#pendingCount;
  }

  get lastHeardAtMs(): number {
    return this.#lastHeardAtMs;
  }

  get messageCount(): number {
    return this.fence.messageCount;
  }

  abandon(fault: Fault): void {
    this.#endWith(fault);
    this.fence.cut(this.#fault ?? fault);
  }

  async close(): Promise<void> {
    this.abandon({ kind: 'closed' });
    await this.fence.farewell();
  }

  /** Why it ended; nothing while it lives. */
  protected get fault(): Fault | undefined {
    return this.#fault;
  }

  /** Run the handshake: it ends with the link, and the link with the signal. Rejects with `FaultError`. */
  protected async handshake<A>(
    signal: AbortSignal,
    run: () => Promise<A>,
    faultOf: (error: unknown) => Fault,
  ): Promise<A> {
    const abort = () => this.abandon({ kind: 'closed' });
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    const lost = this.ended.then((fault) => Promise.reject(new FaultError(fault)));
    try {
      const said = await Promise.race([run(), lost]);
      this.#isOpen = true;
      return said;
    } catch (error) {
      throw new FaultError(this.#fault ?? faultOf(error));
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Count a request for as long as it waits for its reply. */
  protected async counted<A>(send: () => Promise<A>): Promise<A> {
    this.begun();
    try {
      return await send();
    } finally {
      this.settled();
    }
  }

  /** Send nothing any more, and say that it is over. */
  #endWith(fault: Fault): void {
    if (this.#fault !== undefined) return;
    this.#fault = fault;
    this.hush();
    this.#end(fault);
  }

  /** Stop what the server asked for: it can be told no more. What it was asked may still be answered. */
  protected hush(): void {}

  /** A request waits for its reply. */
  protected begun(): void {
    this.#pendingCount += 1;
    if (this.#pendingCount === 1) this.context.observer.busy();
  }

  /** It waits no more. */
  protected settled(): void {
    this.#pendingCount -= 1;
    if (this.#pendingCount === 0) this.context.observer.idle();
  }

  /** Reject with what every request of an ended link, or of an aborted caller, is told. */
  protected assertSendable(signal: AbortSignal | undefined): void {
    if (this.#fault !== undefined) throw new RequestError({ kind: 'fault', fault: this.#fault, outcome: 'not-sent' });
    if (signal?.aborted) throw new RequestError({ kind: 'aborted' });
  }

  /** The failure of a request that its transport could not carry. */
  protected carryFailure(error: FaultError): RequestFailure {
    const outcome = error.outcome === 'failed-by-server' ? 'unknown' : error.outcome;
    if (error.fault.kind === 'unreachable') this.#probeNow(error.fault);
    return { kind: 'fault', fault: this.#fault ?? error.fault, outcome };
  }

  /** Resolve when the server lives, after doubts. Rejects with `RequestError`. */
  protected showsLife(): Promise<void> {
    return this.alive(this.context.probeTimeoutMs);
  }

  /**
   * One request that cannot be carried says little; a sign of life right after it says whether the link lives. While the
   * world is gone not even that: what is under way may be answered when it is back.
   */
  #probeNow(fault: Fault): void {
    const { pulse } = this.context.observer;
    if (!this.#isOpen || this.#fault !== undefined || this.#probe !== undefined || pulse.isHeld) return;
    const { phase } = pulse;
    this.#probe = this.showsLife()
      .catch(() => {
        if (pulse.phase === phase) this.abandon(fault);
      })
      .finally(() => {
        this.#probe = undefined;
      });
  }
}

/** Whatever the server answers proves that it lives, a refusal or an error included. */
export function isSignOfLife(failure: RequestFailure): boolean {
  switch (failure.kind) {
    case 'server-error':
    case 'input-refused':
    case 'invalid-reply':
      return true;
    case 'fault':
      return failure.outcome === 'refused' && failure.fault.kind !== 'session-lost';
    case 'timed-out':
    case 'aborted':
    case 'unsupported':
      return false;
  }
}
