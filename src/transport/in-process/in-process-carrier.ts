/**
 * The carrier of a server in the same process: a channel that the host's function makes, owned from then on until it is
 * closed. Whatever that function and its channel do, it is bounded and ends as a fault.
 */

import type { InProcessTransport } from '../../config/in-process.ts';
import { limitsOf } from '../../config/limits.ts';
import type { InProcessServerConfig } from '../../config/server-config.ts';
import { type Fault, FaultError } from '../../fault.ts';
import type { CarrierDetails } from '../carrier-details.ts';
import type { Carrier, CarrierContext, Transport } from '../transport.ts';
import { codeOf, ObjectTransport } from './object-transport.ts';
import { untilAborted } from './until-aborted.ts';

/** What was given once serves no second life, whoever it was given to. */
const given = new WeakSet<object>();

/**
 * Make the carrier of one epoch of a server in the same process. Nothing is called before `start`.
 *
 * **Errors** `start` rejects with `FaultError`, outcome `not-sent`: `transport-unavailable`, or `closed` when it was aborted
 * or released. `release` waits for the function and for the channel to close, as long as both take, and rejects with what
 * closing threw: nothing here can end what is in the same process, so it is told.
 */
export function createInProcessCarrier(config: InProcessServerConfig, context: CarrierContext): Carrier {
  return new InProcessCarrier(config, context);
}

class InProcessCarrier implements Carrier {
  readonly details: CarrierDetails = { transport: 'in_process' };
  readonly #config: InProcessServerConfig;
  readonly #context: CarrierContext;
  /** Aborted by the first of `release` and `destroy`. */
  readonly #ending = new AbortController();
  #connecting: Promise<void> | undefined;
  #channel: InProcessTransport | undefined;
  #transport: ObjectTransport | undefined;
  #isTaken = false;
  #closed: Promise<void> | undefined;
  #released: Promise<void> | undefined;

  constructor(config: InProcessServerConfig, context: CarrierContext) {
    this.#config = config;
    this.#context = context;
  }

  start(signal: AbortSignal): Promise<void> {
    if (this.#connecting !== undefined) return Promise.reject(new Error('a carrier is started once'));
    const stop = AbortSignal.any([signal, this.#ending.signal]);
    this.#connecting = this.#connect(stop);
    return untilAborted(this.#connecting, stop);
  }

  createTransport(): Transport {
    if (this.#transport === undefined || this.#isTaken) throw new Error('one transport, after start');
    this.#isTaken = true;
    return this.#transport;
  }

  release(): Promise<void> {
    this.#ending.abort();
    this.#released ??= this.#release();
    return this.#released;
  }

  destroy(): void {
    this.#ending.abort();
    void this.#transport?.close();
    this.#close().catch(() => {});
  }

  async #connect(stop: AbortSignal): Promise<void> {
    if (stop.aborted) throw new FaultError({ kind: 'closed' }, 'not-sent');
    const channel = takeOver(await this.#ask(stop));
    this.#channel = channel;
    if (stop.aborted) return await this.#close();
    try {
      const { clock } = this.#context;
      this.#transport = new ObjectTransport(channel, { clock, limits: limitsOf(this.#config) });
    } catch {
      throw unavailable('invalid');
    }
  }

  async #ask(signal: AbortSignal): Promise<unknown> {
    try {
      return await this.#config.connect({ server: this.#config.name, signal });
    } catch (error) {
      throw unavailable('threw', codeOf(error));
    }
  }

  async #release(): Promise<void> {
    // What the start began is over before the end is: no life begins to connect while the one before still does.
    await this.#connecting?.catch(() => {});
    await this.#transport?.close();
    await this.#close();
  }

  /** Close the channel, once. */
  #close(): Promise<void> {
    if (this.#channel === undefined) return Promise.resolve();
    const channel = this.#channel;
    this.#closed ??= (async () => channel.close())();
    return this.#closed;
  }
}

/** What the function gave, where it is a transport that nobody uses or used. Throws `FaultError`. */
function takeOver(value: unknown): InProcessTransport {
  let isUsed = true;
  try {
    if (!isTransport(value)) throw unavailable('invalid');
    // Whoever reads from it already would lose it to us: it is the end of the server, or of another client.
    isUsed = given.has(value) || value.onmessage !== undefined;
  } catch {
    // A getter or a proxy threw.
    throw unavailable('invalid');
  }
  if (isUsed) throw unavailable('in-use');
  given.add(value);
  return value;
}

function isTransport(value: unknown): value is InProcessTransport {
  if (typeof value !== 'object' || value === null) return false;
  const { start, send, close } = value as Record<string, unknown>;
  return typeof start === 'function' && typeof send === 'function' && typeof close === 'function';
}

function unavailable(
  reason: Extract<Fault, { kind: 'transport-unavailable' }>['reason'],
  code: { readonly code?: string } = {},
): FaultError {
  return new FaultError({ kind: 'transport-unavailable', reason, ...code }, 'not-sent');
}
