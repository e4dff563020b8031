/**
 * Where a call meets the state of its connection: an immutable view of one moment that says pass, wait or fail,
 * replaced on each change. It decides nothing; the machine does, and this is its shadow.
 */

import type { Clock, Timer } from '../clock.ts';
import type { Publication } from '../connection/publication.ts';
import type { CallError } from '../errors.ts';

/** What a call is told. */
export type Passage =
  | { readonly kind: 'open'; readonly publication: Publication }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'shut'; readonly error: () => CallError };

/** How long a call may wait. */
export interface GateWait {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Made when the wait takes too long. */
  readonly late: () => CallError;
  readonly aborted: () => CallError;
  /** Made when so many wait already. */
  readonly full: (waiting: number) => CallError;
}

const WAITING: Passage = { kind: 'waiting' };

/** The gate of one server. */
export class Gate {
  readonly #clock: Clock;
  #maxWaiting: number;
  readonly #waiting = new Set<(passage: Passage) => void>();
  #passage: Passage = WAITING;

  constructor(clock: Clock, maxWaiting: number) {
    this.#clock = clock;
    this.#maxWaiting = maxWaiting;
  }

  /** The serving epoch, when there is one: the whole of the fast path. */
  get publication(): Publication | undefined {
    return this.#passage.kind === 'open' ? this.#passage.publication : undefined;
  }

  /** How many calls wait. */
  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** Bound how many calls may wait from now on. Those that wait already stay. */
  limit(maxWaiting: number): void {
    this.#maxWaiting = maxWaiting;
  }

  /** Let calls pass. */
  open(publication: Publication): void {
    this.#change({ kind: 'open', publication });
  }

  /** Let calls wait. */
  hold(): void {
    this.#change(WAITING);
  }

  /** Let calls fail, those that wait included. */
  shut(error: () => CallError): void {
    this.#change({ kind: 'shut', error });
  }

  /** Wait in order until calls may pass. Rejects with `CallError`; aborting takes the call out at once. */
  pass(wait: GateWait): Promise<Publication> {
    const passage = this.#passage;
    if (wait.signal?.aborted) return Promise.reject(wait.aborted());
    if (passage.kind === 'open') return Promise.resolve(passage.publication);
    if (passage.kind === 'shut') return Promise.reject(passage.error());
    if (this.#waiting.size >= this.#maxWaiting) return Promise.reject(wait.full(this.#waiting.size));
    return this.#wait(wait);
  }

  #wait({ timeoutMs, signal, late, aborted }: GateWait): Promise<Publication> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        this.#waiting.delete(tell);
        this.#clock.clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        act();
      };
      const abort = () => settle(() => reject(aborted()));
      const tell = (passage: Passage) => {
        if (passage.kind === 'open') settle(() => resolve(passage.publication));
        if (passage.kind === 'shut') settle(() => reject(passage.error()));
      };
      const timer: Timer = this.#clock.setTimeout(() => settle(() => reject(late())), Math.max(0, timeoutMs));
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.add(tell);
    });
  }

  #change(passage: Passage): void {
    this.#passage = passage;
    for (const tell of [...this.#waiting]) tell(passage);
  }
}
