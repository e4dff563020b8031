/**
 * The authorizers of one server. None is held for longer than somebody uses its configuration, a connection that was
 * taken over from included; what is under way is, so that it can be ended with the server.
 */

import { FaultError } from '../fault.ts';
import type { Authorizer } from './authorizer.ts';

/** The authorizers of one server, one for each of its configurations. */
export class ServerAuthorizers {
  readonly #authorizers = new WeakMap<object, Promise<Authorizer>>();
  readonly #closed = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();

  /** Aborted, with a `FaultError`, when the server is gone. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** The authorizer of a configuration, made when it is needed first. */
  of(configuration: object, make: () => Promise<Authorizer>): Promise<Authorizer> {
    let authorizer = this.#authorizers.get(configuration);
    if (authorizer === undefined) {
      authorizer = make();
      this.#authorizers.set(configuration, authorizer);
    }
    return authorizer;
  }

  /** Have something waited for when the server is gone. It must end when `closed` is aborted. */
  follow(work: Promise<unknown>): void {
    const ended = () => this.#underWay.delete(work);
    this.#underWay.add(work);
    work.then(ended, ended);
  }

  /** Break off what is under way, and begin nothing more. Never rejects. */
  async close(): Promise<void> {
    this.#closed.abort(new FaultError({ kind: 'closed' }, 'refused'));
    await Promise.allSettled(this.#underWay);
  }
}
