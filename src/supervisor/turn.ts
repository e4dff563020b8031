/**
 * One turn of the supervisor: what it changes of its memory, what it makes known, and what it asks of actors. The
 * answers to events are written against it, so that they are plain functions without a name of XState in them.
 */

import type { ConnectionInput } from '../connection/context.ts';
import type { ConnectionCommand } from '../connection/events.ts';
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
}

/** Let an answer have its turn, and keep what it made of the children. */
export function haveTurn(children: readonly Child[], orders: Orders, answer: (turn: Turn) => void): void {
  const turn: Turn = {
    children,
    emit: (report) => orders.emit(report),
    spawnChild: (logic, options) => orders.spawnChild(logic, options),
    sendTo: (actor, command) => orders.sendTo(actor, command),
    stopChild: (actor) => orders.stopChild(actor),
    raise: (event, options) => orders.raise(event, options),
  };
  answer(turn);
  if (turn.children !== children) orders.assign({ children: turn.children });
}
