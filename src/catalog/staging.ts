/**
 * A configuration that is to take over, and what is known of the connection that is started with it. The server does not
 * show any of it before that connection serves.
 */

import type { Situation } from '../call/situation.ts';
import type { Publication, ShownCarrier } from '../connection/publication.ts';
import type { ReplacementChanged, StateChange } from '../connection/state-change.ts';
import type { Fault } from '../fault.ts';
import type { EntryList } from '../listing/entry-collector.ts';
import type { Revision } from '../opening/revision.ts';

/** What becomes of a configuration that was staged. */
export type StagingStatus =
  /** Its connection is to be opened, or is coming up. */
  | 'staged'
  /** It is the configuration of its server. */
  | 'in-force'
  /** Its connection could not be brought up, and nothing of it is left. */
  | 'failed'
  /** Another one was staged after it. */
  | 'superseded';

/** A connection that is to take over, as far as it is known. */
export class Candidate {
  change: StateChange;
  cause: Fault | undefined;
  shown: ShownCarrier | undefined;
  publication: Publication | undefined;
  list: EntryList<'tools'> | undefined;

  constructor(change: ReplacementChanged) {
    this.change = { ...change, type: 'state.changed' };
    this.cause = change.cause;
  }

  get epoch(): number {
    return this.change.epoch;
  }

  /** It changed its state, perhaps in another life. */
  follow(change: ReplacementChanged): void {
    this.change = { ...change, type: 'state.changed' };
    this.cause = change.cause ?? this.cause;
  }
}

/** A configuration that is to take over. */
export class Staging {
  readonly revision: Revision;
  status: StagingStatus = 'staged';
  /** Its connection, once there is one; kept when that is gone, for whoever asks why. */
  candidate: Candidate | undefined;
  /** Why it failed, where something went wrong. */
  cause: Fault | undefined;

  constructor(revision: Revision) {
    this.revision = revision;
  }

  /** The present or last life of its connection. */
  get epoch(): number | undefined {
    return this.candidate?.epoch;
  }

  /** What its connection is doing, and why. */
  situation(waitingFor: readonly string[]): Situation {
    const change = this.candidate?.change;
    return {
      state: change?.to ?? 'connecting',
      parked: change?.parked ?? false,
      held: change?.held ?? false,
      attempt: change?.attempt ?? 0,
      fault: this.cause ?? this.candidate?.cause,
      retryInMs: change?.retryInMs,
      waitingFor: change === undefined ? waitingFor : [],
      stderr: this.candidate?.shown?.recentStderr?.() ?? [],
    };
  }
}
