/**
 * Brings what was declared for a session to one epoch: whatever that was not asked for yet. What it cannot bring back is
 * told, and is no fault.
 */

import { DEFAULTS } from '../config/defaults.ts';
import type { LoggingLevel } from '../config/supervision-config.ts';
import { RequestError, type ServerIdentity } from '../link/link.ts';
import type { RequestShapes } from '../link/requests.ts';
import { inParallel } from '../policy/in-parallel.ts';
import type { DeclaredSession, DeclaringMethod } from './declared-session.ts';
import type { SessionLoss } from './session-event.ts';

/** What a pass over the declared state did. */
interface Restored {
  readonly loggingLevel?: LoggingLevel;
  readonly subscriptions: readonly string[];
  readonly failed: readonly SessionLoss[];
}

/** What is brought back, and how. */
export interface RestorationSetup {
  readonly declared: DeclaredSession;
  /** The level that the server is to log at, where one is declared. */
  readonly level: () => LoggingLevel | undefined;
  /** What the server offers. */
  readonly capabilities: () => ServerIdentity['capabilities'] | undefined;
  /** Nobody can be asked any more. */
  readonly isOver: () => boolean;
  /** Send one request. Rejects with `RequestError`. */
  readonly send: <M extends DeclaringMethod>(
    method: M,
    params: RequestShapes[M]['params'],
    timeoutMs: number,
  ) => Promise<unknown>;
  /** Told after a pass that did something. Must not throw. */
  readonly restored: (restored: Restored) => void;
}

/** What one epoch was asked for, and what is missing. */
export class SessionRestoration {
  readonly #setup: RestorationSetup;
  /** What this epoch was asked for already, whatever came of it. */
  readonly #subscribed = new Set<string>();
  #loggingLevel: LoggingLevel | undefined;

  constructor(setup: RestorationSetup) {
    this.#setup = setup;
  }

  /** Whether this epoch was asked for everything that is declared. */
  get isComplete(): boolean {
    const { declared } = this.#setup;
    return this.#missingLevel === undefined && declared.resources.every(({ uri }) => this.#subscribed.has(uri));
  }

  /** Note what the epoch is asked for by its host. */
  asked<M extends DeclaringMethod>(method: M, params: RequestShapes[M]['params']): void {
    if ('level' in params) this.#loggingLevel = params.level;
    else if (method === 'resources/subscribe') this.#subscribed.add(params.uri);
  }

  /** Bring back what this epoch was not asked for yet. Never rejects. */
  async run(): Promise<void> {
    const { declared, isOver, restored } = this.#setup;
    const failed: SessionLoss[] = [];
    const subscriptions: string[] = [];
    const level = this.#missingLevel;
    const isSet = level !== undefined && (await this.#restoreLevel(level, failed));
    const missing = declared.resources.filter(({ uri }) => !this.#subscribed.has(uri));
    await inParallel(missing, DEFAULTS.maxRestoring, async ({ uri }) => {
      if (await this.#restoreSubscription(uri, failed)) subscriptions.push(uri);
    });
    if (isOver() || (!isSet && subscriptions.length + failed.length === 0)) return;
    restored({ ...(isSet ? { loggingLevel: level } : undefined), subscriptions, failed });
  }

  get #missingLevel(): LoggingLevel | undefined {
    const level = this.#setup.level();
    return level === this.#loggingLevel ? undefined : level;
  }

  /** Whether the server took the level. */
  async #restoreLevel(level: LoggingLevel, failed: SessionLoss[]): Promise<boolean> {
    this.#loggingLevel = level;
    const isOffered = this.#setup.capabilities()?.logging !== undefined;
    const reason = isOffered ? await this.#attempt('logging/setLevel', { level }) : 'unsupported';
    if (reason !== undefined) failed.push({ what: 'loggingLevel', reason });
    return reason === undefined;
  }

  /** Whether it was subscribed to. */
  async #restoreSubscription(uri: string, failed: SessionLoss[]): Promise<boolean> {
    // It may have been given up, or asked for by its declaration, while others were brought back.
    if (this.#subscribed.has(uri) || this.#setup.declared.resource(uri) === undefined) return false;
    this.#subscribed.add(uri);
    const isOffered = this.#setup.capabilities()?.resources?.subscribe === true;
    const reason = isOffered ? await this.#attempt('resources/subscribe', { uri }) : 'unsupported';
    if (reason !== undefined) failed.push({ what: 'subscription', uri, reason });
    return reason === undefined;
  }

  async #attempt<M extends DeclaringMethod>(
    method: M,
    params: RequestShapes[M]['params'],
  ): Promise<SessionLoss['reason'] | undefined> {
    try {
      await this.#setup.send(method, params, DEFAULTS.restoreTimeoutMs);
      return undefined;
    } catch (error) {
      const kind = error instanceof RequestError ? error.failure.kind : undefined;
      if (kind === 'server-error') return 'refused';
      return kind === 'timed-out' ? 'timed-out' : 'failed';
    }
  }
}
