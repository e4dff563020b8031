/**
 * What is made known of the sessions of servers. Plain data; text of a server is scrubbed. The URI of a resource is the
 * host's own, as it was declared, so that the host knows it again.
 */

import type { LoggingLevel } from '../config/supervision-config.ts';

/** Fields of every event about a session. */
interface AboutSession {
  readonly server: string;
  readonly epoch: number;
  readonly atMs: number;
}

/** Something declared that an epoch goes without. */
export interface SessionLoss {
  readonly what: 'loggingLevel' | 'subscription';
  /** The resource of a subscription. */
  readonly uri?: string;
  /** `unsupported`: the server does not offer it any more. `refused`: it answered with an error. */
  readonly reason: 'unsupported' | 'refused' | 'timed-out' | 'failed';
}

/** A new epoch was brought to the declared state: the log level and the subscriptions. Told only where there is any. */
export interface SessionRestored extends AboutSession {
  readonly type: 'session.restored';
  /** The log level that the server took. */
  readonly loggingLevel?: LoggingLevel;
  /** Resources that are subscribed to again. */
  readonly subscriptions: readonly string[];
  /** What this epoch goes without; the next one is brought to the whole again. */
  readonly failed: readonly SessionLoss[];
}

/** A subscribed resource, or a part of it, changed: at least once for each change, though not once for each. */
export interface ResourceUpdated extends AboutSession {
  readonly type: 'resource.updated';
  /** The resource as it was subscribed to. */
  readonly uri: string;
  /** The server did not say so, but after a gap the resource is not, or may not be, what it was. */
  readonly missed?: true;
}

/** A server logged something. Its text is untrusted. */
export interface LogReceived extends AboutSession {
  readonly type: 'log.received';
  readonly level: LoggingLevel;
  /** Which part of the server. */
  readonly logger?: string;
  /** Scrubbed and cut. */
  readonly data: unknown;
  /** Messages before this one that were dropped, because there were more than allowed per second. */
  readonly dropped?: number;
}

/** A person is done with a page that the server had asked to be visited; a call that needed it can be made again. */
export interface ElicitationCompleted extends AboutSession {
  readonly type: 'elicitation.completed';
  /** As it was in the question, or in the error `ELICITATION_REQUIRED`. */
  readonly elicitationId: string;
}

/** What is made known of a session. */
export type SessionEvent = SessionRestored | ResourceUpdated | LogReceived | ElicitationCompleted;
