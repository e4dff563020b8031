/**
 * What an inspector is shown of the supervisor. It remembers the plan of each child, and each of its snapshots would
 * repeat them all, at every change of any server; the plan is in the event that added the server and in each snapshot of
 * its connection.
 */

import type { InspectionEvent } from 'xstate';
import type { SupervisorContext } from './behaviour.ts';
import type { Child } from './child.ts';

/** A child as a snapshot shows it. */
export interface ShownChild extends Omit<Child, 'plan'> {
  readonly plan: Pick<Child['plan'], 'name'>;
}

/** Children are never changed, so each is made ready to be shown once. */
const shown = new WeakMap<Child, ShownChild>();

/** An inspection event of the system, with plans named only where it is about the supervisor. */
export function shownInspection(event: InspectionEvent): InspectionEvent {
  if (!('snapshot' in event) || event.actorRef.sessionId !== event.rootId) return event;
  const snapshot = event.snapshot as typeof event.snapshot & { readonly context: SupervisorContext };
  const context = { ...snapshot.context, children: snapshot.context.children.map(shownChild) };
  const brief = { ...snapshot, context };
  return { ...event, snapshot: brief };
}

function shownChild(child: Child): ShownChild {
  let made = shown.get(child);
  if (made === undefined) {
    made = { ...child, plan: { name: child.plan.name } };
    shown.set(child, made);
  }
  return made;
}
