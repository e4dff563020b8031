/**
 * What was found out about how servers are spoken to, so that each is asked once: by configuration, with an expiry. It is
 * kept for the process, because a host that makes a supervisor for each of its sessions connects to the same servers.
 */

import { hash, randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { DEFAULTS } from '../config/defaults.ts';
import type { ServerConfig, TransportKind } from '../config/server-config.ts';
import type { Era } from '../link/link.ts';

/** How a server is spoken to. */
export interface Verdict {
  readonly era: Era;
  readonly transport: TransportKind;
}

/** More configurations than one host has; a loop that makes up new ones must not fill its memory. */
const MAX_VERDICTS = 1_000;

const memories = new WeakMap<Clock, EraMemory>();

/** The verdicts that expire by a clock: those of the host's clock are shared by all supervisors that run on it. */
export function eraMemoryOf(clock: Clock): EraMemory {
  const memory = memories.get(clock) ?? new EraMemory(clock);
  memories.set(clock, memory);
  return memory;
}

/** Verdicts that expire by one clock. */
export class EraMemory {
  readonly #clock: Clock;
  /** So that nobody who finds a digest can try what it was made of. */
  readonly #salt = randomUUID();
  readonly #verdicts = new Map<string, Verdict & { readonly untilMs: number }>();
  readonly #fingerprints = new WeakMap<ServerConfig, string>();
  readonly #functions = new FunctionNumbers();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What is known of a server in this configuration. */
  recall(config: ServerConfig): Verdict | undefined {
    const verdict = this.#verdicts.get(this.#fingerprint(config));
    return verdict !== undefined && verdict.untilMs > this.#clock.monotonic() ? verdict : undefined;
  }

  remember(config: ServerConfig, verdict: Verdict): void {
    const key = this.#fingerprint(config);
    // The oldest goes first.
    this.#verdicts.delete(key);
    this.#verdicts.set(key, { ...verdict, untilMs: this.#clock.monotonic() + DEFAULTS.eraVerdictMs });
    const [oldest] = this.#verdicts.keys();
    if (this.#verdicts.size > MAX_VERDICTS && oldest !== undefined) this.#verdicts.delete(oldest);
  }

  forget(config: ServerConfig): void {
    this.#verdicts.delete(this.#fingerprint(config));
  }

  /** Who is spoken to: what is started or connected to, and as whom. Holds secrets, so nothing but its digest is kept. */
  #fingerprint(config: ServerConfig): string {
    const known = this.#fingerprints.get(config);
    if (known !== undefined) return known;
    const { transport, protocol } = config;
    const fallback = transport === 'streamable_http' ? config.fallback : undefined;
    const text = JSON.stringify([this.#salt, transport, fallback, protocol, this.#who(config)]);
    const fingerprint = hash('sha256', text, 'base64');
    this.#fingerprints.set(config, fingerprint);
    return fingerprint;
  }

  #who(config: ServerConfig): unknown {
    switch (config.transport) {
      case 'stdio':
        return [config.command, config.args, config.env, config.cwd];
      case 'in_process':
        // A function may make one server or another by the name that it is told.
        return [config.name, this.#functions.of(config.connect)];
      default:
        return [config.url, typeof config.headers === 'function' ? undefined : config.headers];
    }
  }
}

/** Tells functions apart by a number, for as long as they live. */
class FunctionNumbers {
  readonly #numbers = new WeakMap<object, number>();
  #last = 0;

  of(each: object): number {
    const known = this.#numbers.get(each);
    if (known !== undefined) return known;
    this.#last += 1;
    this.#numbers.set(each, this.#last);
    return this.#last;
  }
}
