/** A step of an epoch as an Effect: how it fails, and that it ends with the link. */

import * as Effect from 'effect/Effect';
import { type Fault, FaultError } from '../fault.ts';
import type { Link } from '../link/link.ts';

/** Run a step that may be interrupted at any time, and that ends with the link where there is one. */
export function attempt<A>(step: () => Promise<A>, link?: Pick<Link, 'ended'>): Effect.Effect<A, Fault> {
  return Effect.callback((resume) => {
    void link?.ended.then((fault) => resume(Effect.fail(fault)));
    step().then(
      (value) => resume(Effect.succeed(value)),
      (error: unknown) => resume(failureOf(error)),
    );
  });
}

/** A rejection with a fault is the fault of the epoch; any other rejection is a defect, and so a crash. */
export function failureOf(error: unknown): Effect.Effect<never, Fault> {
  return error instanceof FaultError ? Effect.fail(error.fault) : Effect.die(error);
}
