/** One way to open a server. An epoch may try several, one after the other; each is released before the next is tried. */

import * as Effect from 'effect/Effect';
import * as Exit from 'effect/Exit';
import * as Scope from 'effect/Scope';
import type { Fault } from '../fault.ts';
import type { Link, LinkObserver } from '../link/link.ts';
import type { LinkRequest } from '../link/load-link.ts';
import type { Carrier } from '../transport/transport.ts';

/** How a server is opened. */
export interface Way {
  /** Load the code of the transport, unless it is at hand, and construct the carrier. Does no I/O beyond loading code. */
  readonly loadCarrier: () => (() => Carrier) | Promise<() => Carrier>;
  /**
   * Load the code of the SDK line and construct the link. Where it is not known what the server speaks, the transport is
   * started and the server is asked.
   */
  readonly loadLink: (request: LinkRequest) => Promise<(observer: LinkObserver) => Link>;
  /** What to try instead, after it failed like this. */
  readonly after?: (fault: Fault) => Way | undefined;
  /** It was opened, and proven by a round trip. */
  readonly succeeded?: () => void;
}

/** Open a server by the first way that gets through. Fails with the fault of the last one. */
export function openBy<A>(
  way: Way,
  open: (way: Way) => Effect.Effect<A, Fault, Scope.Scope>,
): Effect.Effect<A, Fault, Scope.Scope> {
  return Effect.gen(function* () {
    const parent = yield* Effect.scope;
    const scope = yield* Scope.fork(parent);
    const opened = Effect.tap(Scope.provide(open(way), scope), () => Effect.sync(() => way.succeeded?.()));
    return yield* Effect.catch(opened, (fault) => {
      const next = way.after?.(fault);
      if (next === undefined) return Effect.fail(fault);
      return Effect.flatMap(Scope.close(scope, Exit.void), () => openBy(next, open));
    });
  });
}
