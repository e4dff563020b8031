/** What is to take over from the connection that serves a server, and what was taken over from and is not gone yet. */

import type { ReplacementChanged } from '../connection/state-change.ts';
import type { Revision } from '../opening/revision.ts';
import type { ReplacementFailed, ServerReplaced } from '../supervisor/report.ts';
import { Candidate, Staging } from './staging.ts';

/** The succession of one server. */
export class Succession {
  #staging: Staging | undefined;
  #candidate: Candidate | undefined;
  /** Lives that were taken over from and are not gone yet. */
  readonly #retiring = new Set<number>();

  /** The configuration that is to take over. */
  get revision(): Revision | undefined {
    return this.#staging?.revision;
  }

  /** A configuration is to take over; one that was to before is superseded. */
  stage(revision: Revision): Staging {
    if (this.#staging !== undefined) this.#staging.status = 'superseded';
    this.#staging = new Staging(revision);
    return this.#staging;
  }

  /** The connection that is to take over, if this is its epoch. */
  candidateOf(epoch: number): Candidate | undefined {
    return this.#candidate?.epoch === epoch ? this.#candidate : undefined;
  }

  /** Whether an epoch is one of a connection that was taken over from. */
  isRetiring(epoch: number): boolean {
    return this.#retiring.has(epoch);
  }

  /** The connection that is to take over changed its state. */
  follow(change: ReplacementChanged): void {
    if (this.#candidate === undefined || change.from === 'closed') this.#candidate = new Candidate(change);
    else this.#candidate.follow(change);
    if (this.#staging !== undefined) this.#staging.candidate = this.#candidate;
  }

  /**
   * Another connection serves from now on, or as soon as the present one is gone. Returns that connection, if it is there,
   * and the configuration that is in force with it, if that is another one.
   */
  take({ epoch, previousEpoch, reason }: ServerReplaced): {
    readonly candidate: Candidate | undefined;
    readonly revision: Revision | undefined;
  } {
    const candidate = this.candidateOf(epoch);
    this.#candidate = undefined;
    if (candidate !== undefined) this.#retiring.add(previousEpoch);
    return { candidate, revision: reason === 'replaced' ? this.#settle('in-force')?.revision : undefined };
  }

  /** The connection that was to take over could not, and is gone. */
  failed({ reason, cause }: ReplacementFailed): void {
    this.#candidate = undefined;
    if (reason !== 'replaced') return;
    const staging = this.#settle('failed');
    if (staging !== undefined) staging.cause = cause;
  }

  /** A connection that was taken over from is gone. */
  retired(epoch: number): void {
    this.#retiring.delete(epoch);
  }

  #settle(status: 'in-force' | 'failed'): Staging | undefined {
    const staging = this.#staging;
    this.#staging = undefined;
    if (staging !== undefined) staging.status = status;
    return staging;
  }
}
