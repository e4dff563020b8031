/**
 * The verbs about what is declared for a session. Each is applied at once where the server is ready, and otherwise in
 * its next epoch. A verb that rejects has declared nothing.
 */

import type { ReadResourceResult } from '@modelcontextprotocol/sdk/types.js';
import type { ReadOptions } from '../call/call-options.ts';
import { callError, turnedAwayError } from '../call/failure.ts';
import type { RequestTarget } from '../call/request-target.ts';
import type { Requester } from '../call/requester.ts';
import { describeSituation } from '../call/situation.ts';
import type { Clock } from '../clock.ts';
import type { LoggingLevel, Root } from '../config/supervision-config.ts';
import type { ConnectionState } from '../connection-state.ts';
import { CallError } from '../errors.ts';
import type { DeclaredSession, DeclaringMethod } from './declared-session.ts';
import { digestOf } from './resource-digest.ts';

/** A server, as whoever declares something for its session sees it. */
export interface SessionTarget extends RequestTarget {
  readonly session: DeclaredSession;
  readonly state: ConnectionState;
}

/** Reads resources and declares session state. */
export class SessionVerbs {
  readonly #clock: Clock;
  readonly #requester: Requester;

  constructor(clock: Clock, requester: Requester) {
    this.#clock = clock;
    this.#requester = requester;
  }

  /** Read a resource; of a subscribed one it is remembered what was read. Rejects with `CallError`. */
  async read(
    target: SessionTarget,
    uri: string,
    { fresh = false, ...options }: ReadOptions,
  ): Promise<ReadResourceResult> {
    const { reads } = target.session;
    const isServing = target.gate.publication !== undefined;
    const kept = fresh || !isServing ? undefined : reads.get(uri, this.#clock.monotonic());
    if (kept !== undefined) return kept;
    const updates = target.session.resource(uri)?.updates;
    const { changes } = reads;
    const result = await this.#requester.request(target, 'resources/read', { uri }, options);
    const { ttlMs } = result;
    if (typeof ttlMs === 'number' && ttlMs > 0 && reads.changes === changes)
      reads.put(uri, result, this.#clock.monotonic() + ttlMs, target.plan.limits.maxCachedBytes);
    const resource = target.session.resource(uri);
    if (resource !== undefined && resource.updates === updates)
      resource.digest = digestOf(result, target.plan.limits.maxComparedBytes);
    return result;
  }

  async subscribe(target: SessionTarget, uri: string): Promise<void> {
    assertOpen(target);
    const { session } = target;
    await session.inTurn(uri, async () => {
      assertOffered(target, 'resources/subscribe');
      const isNew = session.resource(uri) === undefined;
      const resource = session.subscribe(uri);
      let noted = () => {};
      // What looks for changes meanwhile has nothing to compare with before this reading.
      if (isNew && session.live !== undefined) {
        resource.noting = new Promise((resolve) => {
          noted = resolve;
        });
      }
      try {
        await this.#apply(target, 'resources/subscribe', { uri }, () => {
          if (isNew) session.unsubscribe(uri);
        });
        const noting = isNew ? session.live?.noteContent(uri) : undefined;
        void (noting ?? Promise.resolve()).then(noted);
      } catch (error) {
        noted();
        throw error;
      }
    });
  }

  async unsubscribe(target: SessionTarget, uri: string): Promise<void> {
    assertOpen(target);
    const { session } = target;
    await session.inTurn(uri, async () => {
      if (session.resource(uri) === undefined) return;
      // Whatever becomes of the request: nothing of this resource is told any more.
      session.unsubscribe(uri);
      await this.#apply(target, 'resources/unsubscribe', { uri }, () => {});
    });
  }

  async setLoggingLevel(target: SessionTarget, level: LoggingLevel): Promise<void> {
    assertOpen(target);
    const { session } = target;
    await session.inTurn('logging/setLevel', async () => {
      assertOffered(target, 'logging/setLevel');
      const before = session.loggingLevel;
      session.loggingLevel = level;
      await this.#apply(target, 'logging/setLevel', { level }, () => {
        session.loggingLevel = before;
      });
    });
  }

  async setRoots(target: SessionTarget, roots: readonly Root[]): Promise<void> {
    assertOpen(target);
    target.session.roots = roots;
    await target.session.live?.rootsChanged();
  }

  /** Ask the epoch that serves, if one does. One that ends meanwhile is no failure: the next is brought to the same. */
  async #apply(
    target: SessionTarget,
    method: DeclaringMethod,
    params: { uri: string } | { level: LoggingLevel },
    undo: () => void,
  ): Promise<void> {
    const { live } = target.session;
    if (live === undefined) return;
    const { callTimeoutMs: timeoutMs } = target.plan;
    try {
      await live.request(method, this.#requester.withMeta(target, method, params as never), timeoutMs);
    } catch (error) {
      if (live.isOver) return;
      undo();
      throw callError(error, { ...about(target), method, attempts: 1, timeoutMs });
    }
  }
}

/** A closed server has no next epoch that it could be declared for, unless somebody retries it. */
function assertOpen(target: SessionTarget): void {
  if (target.state !== 'closed') return;
  const situation = target.situation();
  const { server, epoch } = about(target);
  throw turnedAwayError('SERVER_CLOSED', describeSituation(server, situation), { server, epoch, ...situation });
}

/** Fail where it is known that the server has no such thing; what is not known is found out in its next epoch. */
function assertOffered(target: SessionTarget, method: DeclaringMethod): void {
  const capabilities = target.gate.publication?.identity.capabilities;
  if (capabilities === undefined) return;
  const { logging, resources } = capabilities;
  const isOffered = {
    'logging/setLevel': logging !== undefined,
    'resources/subscribe': resources?.subscribe === true,
    'resources/unsubscribe': true,
  }[method];
  if (isOffered) return;
  const message = `'${target.plan.name}' does not offer ${method}`;
  throw new CallError('CAPABILITY_MISSING', message, { ...about(target), outcome: 'not-sent' });
}

function about({ plan, gate }: SessionTarget) {
  return { server: plan.name, epoch: gate.publication?.epoch };
}
