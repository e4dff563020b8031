/**
 * One turn of the supervisor: what it changes of its memory, what it makes known, and what it asks of actors. The
 * answers to events are written against it, so that they are plain functions that know nothing of XState.
 */

import type { AnyActorRef } from 'xstate';
import type { Random } from '../clock.ts';
import type { ConnectionInput } from '../connection/context.ts';
import type { ConnectionCommand } from '../connection/events.ts';
import { type Ground, groundOf } from '../connection/ground.ts';
import type { Life } from '../connection/lives.ts';
import type { ConnectionReport } from '../connection/state-change.ts';
import { type Child, withoutChild } from './child.ts';
import type { SupervisorEvent } from './events.ts';
import type { SupervisorReport } from './report.ts';

/** What XState offers to a change of the context, as far as it is used. */
interface Spawning {
  readonly spawn: (logic: 'connection', options: Start) => { on(type: '*', hear: Hear): unknown };
}

type Hear = (report: ConnectionReport) => void;

/** A connection that is to be started: the id of its actor, and what it starts with. */
interface Start {
  readonly id: string;
  readonly input: ConnectionInput;
}

/** What XState offers to an action, as far as it is used. */
interface Orders {
  emit(report: SupervisorReport): void;
  assign(change: (scope: Spawning) => { children: readonly Child[] }): void;
  sendTo(actor: string, command: ConnectionCommand): void;
  stopChild(actor: string): void;
  raise(event: SupervisorEvent, options: { delay: number }): void;
}

/** What an action is given, as far as it is used. */
export interface ActionScope {
  readonly context: { readonly children: readonly Child[] };
  readonly enqueue: Orders;
  readonly self: AnyActorRef;
}

/** What an answer to an event may do. */
export class Turn implements Omit<Orders, 'assign'> {
  /** In the order in which their connections were started; those that wait come as they were added. */
  children: readonly Child[];
  readonly #starts: Start[] = [];
  readonly #commands: [actor: string, command: ConnectionCommand][] = [];
  readonly #orders: Orders;
  readonly #ground: Ground;

  constructor({ context, enqueue, self }: ActionScope) {
    this.children = context.children;
    this.#orders = enqueue;
    this.#ground = groundOf(self);
  }

  /** When it is had, in milliseconds since the Unix epoch. */
  get atMs(): number {
    return this.#ground.now();
  }

  /** Where chance comes from. */
  get random(): Random {
    return this.#ground.random;
  }

  /** What the connection of a child announced last. */
  lifeOf({ id }: Child): Life {
    return this.#ground.lives.of(id);
  }

  /** Remember a life that no connection announces. */
  noteLife({ id }: Child, life: Life): void {
    this.#ground.lives.note(id, life);
  }

  /** What every event about a child says. */
  about(child: Child) {
    return { server: child.plan.name, epoch: this.lifeOf(child).epoch, atMs: this.atMs };
  }

  emit(report: SupervisorReport): void {
    this.#orders.emit(report);
  }

  /** Remember a child, and its life, no more. */
  drop({ id }: Child): void {
    this.children = withoutChild(this.children, id);
    this.#ground.lives.forget(id);
  }

  /** Start a connection when everything else of this turn is done. */
  start(id: string, input: ConnectionInput): void {
    this.#starts.push({ id, input });
  }

  /** Tell a connection something when everything of this turn is known: it may answer at once. */
  sendTo(actor: string, command: ConnectionCommand): void {
    this.#commands.push([actor, command]);
  }

  stopChild(actor: string): void {
    this.#orders.stopChild(actor);
  }

  raise(event: SupervisorEvent, options: { delay: number }): void {
    this.#orders.raise(event, options);
  }

  /** End it: ask what is asked of connections, keep what was made of the children, and start those that are to be. */
  end(before: readonly Child[]): void {
    const { children } = this;
    const { hear } = this.#ground;
    for (const [actor, command] of this.#commands) this.#orders.sendTo(actor, command);
    if (children === before && this.#starts.length === 0) return;
    // In one change, because XState makes a snapshot for each, and one costs as much as what was decided.
    this.#orders.assign(({ spawn }) => {
      for (const start of this.#starts) spawn('connection', start).on('*', listenerOf(start.id, hear));
      return { children };
    });
  }
}

/** Made where nothing else is in sight: a connection has it for as long as it lives, and all that it could see. */
function listenerOf(id: string, hear: Ground['hear']): Hear {
  return (report) => hear(id, report);
}

/** Let an answer have its turn, and keep what it made of the children. */
export function haveTurn(scope: ActionScope, answer: (turn: Turn) => void): void {
  const turn = new Turn(scope);
  answer(turn);
  turn.end(scope.context.children);
}
