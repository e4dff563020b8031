/**
 * The verbs about what is declared for a session. Each is applied at once where the server is ready, and otherwise in
 * its next epoch. A verb that rejects has declared nothing.
 */

import type { ReadResourceResult } from '@modelcontextprotocol/sdk/types.js';
import { callError, turnedAwayError } from '../call/failure.ts';
import type { CallOptions, Requester } from '../call/requester.ts';
import { describeSituation } from '../call/situation.ts';
import type { LoggingLevel, Root } from '../config/server-config.ts';
import { CallError } from '../errors.ts';
import type { LiveSession } from './live-session.ts';
import { digestOf } from './resource-digest.ts';
import type { ServerEntry } from './server-entry.ts';

type SessionMethod = Parameters<LiveSession['request']>[0];

/** Reads resources and declares session state. */
export class SessionVerbs {
  readonly #requester: Requester;

  constructor(requester: Requester) {
    this.#requester = requester;
  }

  /** Read a resource; of a subscribed one it is remembered what was read. Rejects with `CallError`. */
  async read(entry: ServerEntry, uri: string, options: CallOptions): Promise<ReadResourceResult> {
    assertOffered(entry, 'resources/read');
    const updates = entry.session.resource(uri)?.updates;
    const result = await this.#requester.request(entry, 'resources/read', { uri }, options);
    const resource = entry.session.resource(uri);
    if (resource !== undefined && resource.updates === updates)
      resource.digest = digestOf(result, entry.plan.limits.maxComparedBytes);
    return result;
  }

  async subscribe(entry: ServerEntry, uri: string): Promise<void> {
    assertOpen(entry);
    const { session } = entry;
    await session.inTurn(uri, async () => {
      assertOffered(entry, 'resources/subscribe');
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
        await apply(entry, 'resources/subscribe', { uri }, () => {
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

  async unsubscribe(entry: ServerEntry, uri: string): Promise<void> {
    assertOpen(entry);
    const { session } = entry;
    await session.inTurn(uri, async () => {
      if (session.resource(uri) === undefined) return;
      // Whatever becomes of the request: nothing of this resource is told any more.
      session.unsubscribe(uri);
      await apply(entry, 'resources/unsubscribe', { uri }, () => {});
    });
  }

  async setLoggingLevel(entry: ServerEntry, level: LoggingLevel): Promise<void> {
    assertOpen(entry);
    const { session } = entry;
    await session.inTurn('logging/setLevel', async () => {
      assertOffered(entry, 'logging/setLevel');
      const before = session.loggingLevel;
      session.loggingLevel = level;
      await apply(entry, 'logging/setLevel', { level }, () => {
        session.loggingLevel = before;
      });
    });
  }

  async setRoots(entry: ServerEntry, roots: readonly Root[]): Promise<void> {
    assertOpen(entry);
    entry.session.roots = roots;
    await entry.session.live?.rootsChanged();
  }
}

/** Ask the epoch that serves, if one does. One that ends meanwhile is no failure: the next is brought to the same. */
async function apply(
  entry: ServerEntry,
  method: SessionMethod,
  params: { uri: string } | { level: LoggingLevel },
  undo: () => void,
): Promise<void> {
  const { live } = entry.session;
  if (live === undefined) return;
  const { callTimeoutMs: timeoutMs } = entry.plan;
  try {
    await live.request(method, params, timeoutMs);
  } catch (error) {
    if (live.isOver) return;
    undo();
    throw callError(error, { ...about(entry), method, attempts: 1, timeoutMs });
  }
}

/** A closed server has no next epoch that it could be declared for, unless somebody retries it. */
function assertOpen(entry: ServerEntry): void {
  if (entry.state !== 'closed') return;
  const situation = entry.situation();
  const { server, epoch } = about(entry);
  throw turnedAwayError('SERVER_CLOSED', describeSituation(server, situation), { server, epoch, ...situation });
}

/** Fail where it is known that the server has no such thing; what is not known is found out in its next epoch. */
function assertOffered(entry: ServerEntry, method: SessionMethod | 'resources/read'): void {
  const capabilities = entry.gate.publication?.identity.capabilities;
  if (capabilities === undefined) return;
  const { logging, resources } = capabilities;
  const isOffered = {
    'logging/setLevel': logging !== undefined,
    'resources/read': resources !== undefined,
    'resources/subscribe': resources?.subscribe === true,
    'resources/unsubscribe': true,
  }[method];
  if (isOffered) return;
  const message = `'${entry.plan.name}' does not offer ${method}`;
  throw new CallError('CAPABILITY_MISSING', message, { ...about(entry), outcome: 'not-sent' });
}

function about({ plan, gate }: ServerEntry) {
  return { server: plan.name, epoch: gate.publication?.epoch };
}
