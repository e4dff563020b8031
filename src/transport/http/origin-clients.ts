/**
 * The HTTP clients of one origin, each with one socket and one exchange at a time. It is undici's `Pool` without what an
 * idle connection need not hold: a queue for 2,048 requests (16 KiB; nothing is queued where a client is made for whoever
 * finds none free), a spare client, and clients whose socket is gone.
 */

import { Client, type Dispatcher } from 'undici';

/** What a client is destroyed with, so that undici clears the timer of a socket that was being connected. */
export const RELEASED = new Error('released');

/** The clients of one origin. */
export class OriginClients {
  readonly #origin: string;
  readonly #options: Client.Options;
  readonly #clients = new Set<Client>();
  /** Those that are free; the one that was used last is used next, and the others may expire. */
  readonly #free: Client[] = [];

  constructor(origin: string, options: Client.Options) {
    this.#origin = origin;
    this.#options = options;
  }

  /** Begin an exchange on a client that is free, or on a new one. */
  dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    const client = this.#free.pop() ?? this.#open();
    // One that could not be begun leaves its client as it was, and nothing will be told of that.
    if (client.dispatch(request, handler) || isUnused(client)) this.#freed(client);
  }

  /** End all of them, and their sockets, now. */
  destroy(): void {
    for (const client of this.#clients) client.destroy(RELEASED, () => {});
    this.#clients.clear();
    this.#free.length = 0;
  }

  #open(): Client {
    const client = new Client(this.#origin, this.#options);
    // Told late, it may have been given the next exchange already; and an exchange that never left this process is begun
    // again by its client, on another socket.
    const gone = () => {
      if (isUnused(client)) this.#forget(client);
    };
    client.on('drain', () => {
      if (isUnused(client)) this.#freed(client);
    });
    client.on('disconnect', gone).on('connectionError', gone);
    this.#clients.add(client);
    return client;
  }

  #freed(client: Client): void {
    if (this.#clients.has(client) && !this.#free.includes(client)) this.#free.push(client);
  }

  #forget(client: Client): void {
    if (!this.#clients.delete(client)) return;
    const place = this.#free.indexOf(client);
    if (place !== -1) this.#free.splice(place, 1);
    client.destroy(RELEASED, () => {});
  }
}

function isUnused(client: Client): boolean {
  return client.stats.size === 0;
}
