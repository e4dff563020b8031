/**
 * The declared session state of a server as one epoch sees it: the log level, subscriptions and roots that a new epoch
 * brings back before it serves, and what the server says and asks meanwhile.
 */

import type { Link, ServerIdentity, SessionObserver } from '../link/link.ts';

/** The session of one epoch. */
export interface EpochSession {
  /** What the link tells and asks. */
  readonly observer: SessionObserver;
  /**
   * Bring back what was declared, for at most `budgetMs`; what is left then is brought back while the epoch serves.
   * Nothing that cannot be brought back is a fault. Never rejects; nothing where nothing was declared.
   */
  restore(link: Link, identity: ServerIdentity, budgetMs: number): Promise<unknown> | undefined;
  /** The epoch serves from now on. */
  published(): void;
  /** It takes on nothing more; what the server says is still told. */
  withdrawn(): void;
  /** The epoch is over. Idempotent. */
  end(): void;
}
