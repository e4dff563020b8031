/**
 * Where a call meets the state of its connection: an immutable view of one moment that says pass, wait or fail,
 * replaced on each change. It decides nothing; the machine does, and this is its shadow.
 */

import type { Clock } from '../clock.ts';
import type { Publication } from '../connection/publication.ts';
import type { CallError } from '../errors.ts';
import { type LineWait, WaitingLine } from './waiting-line.ts';

/** What a call is told. */
export type Passage =
  | { readonly kind: 'open'; readonly publication: Publication }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'shut'; readonly error: () => CallError };

const WAITING: Passage = { kind: 'waiting' };

/** The gate of one server. */
export class Gate {
  readonly #line: WaitingLine<Publication>;
  #passage: Passage = WAITING;

  constructor(clock: Clock, maxWaiting: number) {
    this.#line = new WaitingLine(clock, maxWaiting);
  }

  /** The serving epoch, when there is one: the whole of the fast path. */
  get publication(): Publication | undefined {
    return this.#passage.kind === 'open' ? this.#passage.publication : undefined;
  }

  /** How many calls wait. */
  get waitingCount(): number {
    return this.#line.length;
  }

  /** Bound how many calls may wait from now on. Those that wait already stay. */
  limit(maxWaiting: number): void {
    this.#line.limit(maxWaiting);
  }

  /** Let calls pass. */
  open(publication: Publication): void {
    this.#passage = { kind: 'open', publication };
    this.#line.admitAll(publication);
  }

  /** Let calls wait. */
  hold(): void {
    this.#passage = WAITING;
  }

  /** Let calls fail, those that wait included. */
  shut(error: () => CallError): void {
    this.#passage = { kind: 'shut', error };
    this.#line.refuseAll(error);
  }

  /** Wait in order until calls may pass. Rejects with `CallError`. */
  pass(wait: LineWait): Promise<Publication> {
    const passage = this.#passage;
    // Whoever gave up is told so, whatever the state is.
    if (wait.signal?.aborted) return Promise.reject(wait.aborted());
    if (passage.kind === 'open') return Promise.resolve(passage.publication);
    if (passage.kind === 'shut') return Promise.reject(passage.error());
    return this.#line.join(wait);
  }
}
