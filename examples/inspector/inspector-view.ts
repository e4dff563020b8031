/** Sees what the page of the inspector would see: a WebSocket client that reads the inspector's messages. */

import { once } from 'node:events';
import type { StatelyActorEvent, StatelyInspectionEvent } from '@statelyai/inspect';
import { WebSocket } from 'undici';

const TIMEOUT_MS = 20_000;

/** All messages of one inspector since it was opened. */
export class InspectorView implements AsyncDisposable {
  /** As they came over the wire. */
  readonly texts: string[] = [];
  readonly messages: StatelyInspectionEvent[] = [];
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      this.texts.push(data);
      this.messages.push(JSON.parse(data));
    });
  }

  /** Connect; resolves when messages can arrive. */
  static async open(url: string): Promise<InspectorView> {
    const socket = new WebSocket(url);
    const view = new InspectorView(socket);
    await once(socket, 'open', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return view;
  }

  /** Resolve when the messages so far say so. Rejects after 20 s. */
  async until(isThere: (view: this) => boolean): Promise<void> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    while (!isThere(this)) await once(this.#socket, 'message', { signal });
  }

  /** Every actor that was made known, in order. */
  get actors(): StatelyActorEvent[] {
    return this.messages.filter((message) => message.type === '@xstate.actor');
  }

  /** The actors of that name; an epoch of a server is called `epoch` and has the server's connection for a parent. */
  actorsNamed(name: string): StatelyActorEvent[] {
    return this.actors.filter((actor) => actor.name === name);
  }

  /** The public states that an actor went through, by its name. */
  statesOf(name: string): string[] {
    const sessions = new Set(this.actorsNamed(name).map(({ sessionId }) => sessionId));
    const states: string[] = [];
    for (const message of this.messages) {
      if (message.type !== '@xstate.snapshot' || !sessions.has(message.sessionId)) continue;
      const state = publicState(message.snapshot);
      if (state !== undefined && state !== states.at(-1)) states.push(state);
    }
    return states;
  }

  /** Close the connection and resolve when it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }
}

/** `ready` for `ready` as well as for `{ ready: 'healthy' }`. */
function publicState(snapshot: object): string | undefined {
  const value: unknown = 'value' in snapshot ? snapshot.value : undefined;
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? Object.keys(value)[0] : undefined;
}
