/**
 * What the host declared for the session of a server: log level, roots, subscribed resources. It outlives every epoch;
 * each new one is brought to it.
 */

import type { ServerConfig } from '../config/server-config.ts';
import type { LoggingLevel, Root } from '../config/supervision-config.ts';
import type { RequestShapes } from '../link/requests.ts';
import { Turns } from '../policy/turns.ts';
import { KeptLists } from './kept-lists.ts';
import { ReadCache } from './read-cache.ts';

/** A subscribed resource, and what it is known to hold. */
export interface SubscribedResource {
  readonly uri: string;
  /** Of its last reading; nothing when it may have changed since. */
  digest: string | undefined;
  /** Resolves when it was read for the first time, where that is under way. Never rejects. */
  noting: Promise<void> | undefined;
  /** Counts the updates that were told: a reading that began before one says nothing about after. */
  updates: number;
}

/** Of a URI in which the subscription is looked for that an update belongs to: a server may send any text. */
const MAX_LEVELS = 64;
const MAX_LENGTH = 8_192;

/** Requests that declare something. */
export type DeclaringMethod = 'logging/setLevel' | 'resources/subscribe' | 'resources/unsubscribe';

/** The session of the epoch that serves, as whoever declares something sees it. */
export interface ServingSession {
  /** Nobody can be asked any more. */
  readonly isOver: boolean;
  /** Send one request about the session. Rejects with `RequestError`. */
  request<M extends DeclaringMethod>(method: M, params: RequestShapes[M]['params'], timeoutMs: number): Promise<void>;
  /** Tell the server that the roots changed. */
  rootsChanged(): Promise<void>;
  /** What is kept of the server may not be what it would answer now. */
  forget(): void;
  /** Read a resource, to know later whether it changed. */
  noteContent(uri: string): Promise<void>;
}

/** The declared session of one server. */
export class DeclaredSession {
  loggingLevel: LoggingLevel | undefined;
  /** Nothing where the server is told of none. */
  roots: readonly Root[] | undefined;
  /** The session of the epoch that serves, where one does. */
  live: ServingSession | undefined;
  /** What the host asked for, to be known again. */
  readonly lists = new KeptLists();
  readonly reads = new ReadCache();
  readonly #resources = new Map<string, SubscribedResource>();
  readonly #turns = new Turns();

  constructor(config: Pick<ServerConfig, 'loggingLevel' | 'roots'>) {
    this.adopt(config);
  }

  /** A new configuration is in force: what it is silent about stays as it was declared. */
  adopt({ loggingLevel, roots }: Pick<ServerConfig, 'loggingLevel' | 'roots'>): void {
    this.loggingLevel = loggingLevel ?? this.loggingLevel;
    this.roots = roots ?? this.roots;
  }

  /** Subscribed resources, in the order in which they were declared. */
  get resources(): readonly SubscribedResource[] {
    return [...this.#resources.values()];
  }

  resource(uri: string): SubscribedResource | undefined {
    return this.#resources.get(uri);
  }

  /** The subscribed resource that an update of `uri` belongs to: itself, or what it is a part of. */
  resourceAround(uri: string): SubscribedResource | undefined {
    let part = uri.slice(0, MAX_LENGTH);
    for (let level = 0; level < MAX_LEVELS && part !== ''; level += 1) {
      const found = this.#resources.get(part) ?? this.#resources.get(`${part}/`);
      if (found !== undefined) return found;
      part = part.slice(0, Math.max(0, part.lastIndexOf('/')));
    }
    return this.#resources.get(uri);
  }

  subscribe(uri: string): SubscribedResource {
    const resource = this.#resources.get(uri) ?? { uri, digest: undefined, noting: undefined, updates: 0 };
    this.#resources.set(uri, resource);
    return resource;
  }

  unsubscribe(uri: string): void {
    this.#resources.delete(uri);
  }

  /** Do something about one thing that is declared, after whatever is being done about it already. */
  inTurn<T>(what: string, act: () => Promise<T>): Promise<T> {
    return this.#turns.take(what, act);
  }
}
