/**
 * One turn of the supervisor: what it changes of its memory, what it makes known, and what it asks of actors. The
 * answers to events are written against it, so that they are plain functions that know nothing of XState.
 */

import type { AnyActorRef } from 'xstate';
import type { Random } from '../clock.ts';
import type { ConnectionInput } from '../connection/context.ts';
import type { ConnectionCommand } from '../connection/events.ts';
import { groundOf } from '../connection/ground.ts';
import type { Child } from './child.ts';
import type { SupervisorEvent } from './events.ts';
import type { SupervisorReport } from './report.ts';

/** What XState offers to an action, as far as it is used. */
interface Orders {
  emit(report: SupervisorReport): void;
  assign(change: { children: readonly Child[] }): void;
  spawnChild(logic: 'connection', options: { id: string; input: ConnectionInput }): void;
  sendTo(actor: string, command: ConnectionCommand): void;
  stopChild(actor: string): void;
  raise(event: SupervisorEvent, options: { delay: number }): void;
}

/** What an answer to an event may do. */
export interface Turn extends Omit<Orders, 'assign'> {
  /** In the order in which their connections were started; those that wait come as they were added. */
  children: readonly Child[];
  /** When it is had, in milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** Where chance comes from. */
  readonly random: Random;
}

/** What an action is given, as far as it is used. */
interface ActionScope {
  readonly context: { readonly children: readonly Child[] };
  readonly enqueue: Orders;
  readonly self: AnyActorRef;
}

/** Let an answer have its turn, and keep what it made of the children. */
export function haveTurn({ context, enqueue, self }: ActionScope, answer: (turn: Turn) => void): void {
  const { children } = context;
  const ground = groundOf(self);
  const turn: Turn = {
    children,
    get atMs() {
      return ground.now();
    },
    random: ground.random,
    emit: (report) => enqueue.emit(report),
    spawnChild: (logic, options) => enqueue.spawnChild(logic, options),
    sendTo: (actor, command) => enqueue.sendTo(actor, command),
    stopChild: (actor) => enqueue.stopChild(actor),
    raise: (event, options) => enqueue.raise(event, options),
  };
  answer(turn);
  if (turn.children !== children) enqueue.assign({ children: turn.children });
}
