/**
 * Runs the puppet server over a real carrier and writes down, in order, what its transport tells.
 */

import { fileURLToPath } from 'node:url';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../../../src/clock.ts';
import type { StdioServerConfig } from '../../../../src/config/server-config.ts';
import type { Fault } from '../../../../src/fault.ts';
import type { ProcessOwnership } from '../../../../src/transport/process-report.ts';
import { createProcessCarrier } from '../../../../src/transport/stdio/process-carrier.ts';
import type { Carrier, Transport } from '../../../../src/transport/transport.ts';

export const PUPPET = fileURLToPath(new URL('../../../fixtures/stdio/puppet.mjs', import.meta.url));

/** A secret that must show nowhere. */
export const CANARY = 'canary-7f3a';

export const scrub = (text: string): string => text.replaceAll(CANARY, '***');

/** One thing a transport told. */
export type Told = 'open' | 'heard' | 'message' | 'error' | 'fault' | 'close';

export interface PuppetOptions {
  readonly flags?: readonly string[];
  readonly config?: Partial<StdioServerConfig>;
  readonly clock?: Clock;
  readonly processes?: ProcessOwnership;
}

/** Make the carrier of a puppet; nothing runs yet. */
export function puppetCarrier({
  flags = [],
  config = {},
  clock = systemClock,
  processes,
}: PuppetOptions = {}): Carrier {
  const carrier = createProcessCarrier(
    {
      name: 'puppet',
      transport: 'stdio',
      command: process.execPath,
      args: [PUPPET, ...flags],
      stdinGraceMs: 100,
      termGraceMs: 100,
      ...config,
    },
    { clock, scrub, ...(processes === undefined ? {} : { processes }) },
  );
  // A test that fails half-way releases nothing.
  onTestFinished(() => carrier.destroy());
  return carrier;
}

/** A transport whose callbacks are written down. */
export class Puppet {
  readonly told: Told[] = [];
  readonly messages: JSONRPCMessage[] = [];
  readonly errors: Error[] = [];
  readonly faults: Fault[] = [];
  readonly closed: Promise<void>;
  readonly #waiting = new Map<unknown, (result: Record<string, unknown>) => void>();
  /** Resolves with the first notification of the server. */
  readonly notified: Promise<void>;
  #lastId = 0;

  constructor(
    readonly carrier: Carrier,
    readonly transport: Transport,
  ) {
    let noteClose = (): void => {};
    let noteNotification = (): void => {};
    this.closed = new Promise((resolve) => {
      noteClose = resolve;
    });
    this.notified = new Promise((resolve) => {
      noteNotification = resolve;
    });
    transport.onopen = () => this.told.push('open');
    transport.onheard = () => this.told.push('heard');
    transport.onerror = (error) => {
      this.told.push('error');
      this.errors.push(error);
    };
    transport.onmessage = (message) => {
      this.told.push('message');
      this.messages.push(message);
      if ('result' in message) this.#waiting.get(message.id)?.(message.result);
      else noteNotification();
    };
    transport.onfault = (fault) => {
      this.told.push('fault');
      this.faults.push(fault);
    };
    transport.onclose = () => {
      this.told.push('close');
      noteClose();
    };
  }

  get pid(): number {
    return this.carrier.details.pid ?? Number.NaN;
  }

  /** What was told, `heard` left out. */
  get order(): Told[] {
    return this.told.filter((what) => what !== 'heard');
  }

  /** Send a request that will not be answered. */
  tell(method: string, params: Record<string, unknown> = {}): Promise<void> {
    this.#lastId += 1;
    return this.transport.send({ jsonrpc: '2.0', id: this.#lastId, method, params });
  }

  /** Send a request and resolve with its result. */
  ask(method: string, params: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(this.#lastId + 1, resolve);
      this.tell(method, params).catch(reject);
    });
  }
}

/** Start a puppet and open its transport. */
export async function openPuppet(options: PuppetOptions = {}): Promise<Puppet> {
  const carrier = puppetCarrier(options);
  await carrier.start(new AbortController().signal);
  const puppet = new Puppet(carrier, carrier.createTransport());
  await puppet.transport.start();
  return puppet;
}
