/**
 * Knows of subscribed resources what they held when they were last read: what the server says of them is told at a
 * bounded pace, and after a gap, in which it may have said something, they are read again and compared.
 */

import type { ReadResourceResult } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../clock.ts';
import { DEFAULTS } from '../config/defaults.ts';
import type { ServerLimits } from '../config/limits.ts';
import { RequestError } from '../link/link.ts';
import { sleep } from '../policy/deadline.ts';
import { inParallel } from '../policy/in-parallel.ts';
import type { DeclaredSession } from './declared-session.ts';
import { PacedUpdates } from './paced-updates.ts';
import { digestOf } from './resource-digest.ts';
import type { ResourceUpdated } from './session-event.ts';

/** What the resources of one epoch are watched with. */
export interface ResourceWatchSetup {
  readonly declared: DeclaredSession;
  readonly clock: Clock;
  readonly limits: Pick<ServerLimits, 'updatePauseMs' | 'maxComparedBytes'>;
  /** Aborted when nobody can be asked any more. */
  readonly signal: AbortSignal;
  /** Whether the server has resources. */
  readonly isOffered: () => boolean;
  /** Rejects with `RequestError`. */
  readonly read: (uri: string) => Promise<ReadResourceResult>;
  /** Must not throw. */
  readonly changed: (change: Pick<ResourceUpdated, 'uri' | 'missed'>) => void;
}

/** Readings of one resource that may fail because they were not carried, before it counts as changed. */
const MAX_READ_ATTEMPTS = 3;

/** The subscribed resources of one epoch. */
export class ResourceWatch {
  readonly #setup: ResourceWatchSetup;
  readonly #updates: PacedUpdates;

  constructor(setup: ResourceWatchSetup) {
    const { clock, limits, declared, changed } = setup;
    this.#setup = setup;
    this.#updates = new PacedUpdates(clock, limits.updatePauseMs, (uri) => {
      if (declared.resource(uri) !== undefined) changed({ uri });
    });
  }

  /** The server says that a resource, or a part of one, changed. */
  updated(uri: string): void {
    const resource = this.#setup.declared.resourceAround(uri);
    if (resource === undefined) return;
    resource.digest = undefined;
    resource.updates += 1;
    this.#updates.add(resource.uri);
  }

  /** Tell what waits for its time, now, and leave no timer. */
  flush(): void {
    this.#updates.flush();
  }

  /** Read a resource, to know later whether it changed. Never rejects. */
  async note(uri: string): Promise<void> {
    await this.#isUnchanged(uri);
  }

  /** Read what is subscribed, and tell what is not what it was. Never rejects. */
  async lookAtAll(): Promise<void> {
    const { declared, signal, isOffered, changed } = this.#setup;
    if (!isOffered()) return;
    const uris = declared.resources.map(({ uri }) => uri);
    await inParallel(uris, DEFAULTS.maxRestoring, async (uri) => {
      const resource = declared.resource(uri);
      await resource?.noting;
      const isSame = resource === undefined || (await this.#isUnchanged(uri));
      if (!isSame && !signal.aborted) changed({ uri, missed: true });
    });
  }

  /** Read a resource; true when it is what it was, or when nothing can be said. Never rejects. */
  async #isUnchanged(uri: string): Promise<boolean> {
    const { declared, signal } = this.#setup;
    const resource = declared.resource(uri);
    if (resource === undefined || signal.aborted) return true;
    const { updates } = resource;
    const digest = await this.#digest(uri);
    // An update that was told meanwhile says it already; a link that ended says nothing.
    if (signal.aborted || resource.updates !== updates || declared.resource(uri) !== resource) return true;
    const isSame = digest !== undefined && digest === resource.digest;
    resource.digest = digest;
    return isSame;
  }

  /** What a resource holds now; nothing when it cannot be known. Never rejects. */
  async #digest(uri: string): Promise<string | undefined> {
    const { clock, limits, signal, read } = this.#setup;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return digestOf(await read(uri), limits.maxComparedBytes);
      } catch (error) {
        const isCarried = !(error instanceof RequestError) || error.failure.kind !== 'fault';
        if (isCarried || signal.aborted || attempt >= MAX_READ_ATTEMPTS) return undefined;
      }
      // What could not be carried says nothing of the resource, and is often the first that is seen of the end.
      await sleep(clock, attempt * DEFAULTS.refreshPauseMs, signal).catch(() => {});
    }
  }
}
