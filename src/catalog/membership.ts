/**
 * Adding, replacing and removing servers, as whoever asks for it waits for it: the supervisor decides, the directory
 * follows, and what did not get there is gone before the wait rejects.
 */

import type { Authorization } from '../authorization/authorization.ts';
import type { AuthorizationDesk } from '../authorization/desk.ts';
import type { Clock } from '../clock.ts';
import { DEFAULTS } from '../config/defaults.ts';
import type { ServerConfig } from '../config/server-config.ts';
import { SupervisorError } from '../errors.ts';
import type { RunningSupervisor } from '../supervisor/running-supervisor.ts';
import { type AdmissionOptions, admitted, installed } from './admission.ts';
import type { Directory } from './directory.ts';
import type { ServerEntry } from './server-entry.ts';
import type { ServerInfo } from './server-info.ts';
import type { Staging } from './staging.ts';
import { waitUntil } from './waiting.ts';

/** How long, and for what, whoever adds or replaces a server waits. */
interface Patience {
  readonly waitUntil?: 'ready' | 'added';
  readonly startTimeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** How one connection takes over from another. */
interface Handover extends Patience {
  readonly stopFirst?: boolean;
  readonly drainTimeoutMs?: number;
}

/** How the admission of one of many servers ended. */
type Outcome =
  | { readonly name: string; readonly status: 'added'; readonly info: ServerInfo }
  | { readonly name: string; readonly status: 'failed'; readonly error: SupervisorError };

const STILL = { kind: 'wait' } as const;
const GONE = { kind: 'done', value: undefined } as const;

/** The membership of one supervisor. */
export class Membership {
  readonly #clock: Clock;
  readonly #directory: Directory;
  readonly #supervisor: Pick<RunningSupervisor, 'send'>;
  readonly #desk: AuthorizationDesk;

  constructor(
    clock: Clock,
    directory: Directory,
    supervisor: Pick<RunningSupervisor, 'send'>,
    desk: AuthorizationDesk,
  ) {
    this.#clock = clock;
    this.#directory = directory;
    this.#supervisor = supervisor;
    this.#desk = desk;
  }

  /** Add a server, without waiting for it. */
  add(config: ServerConfig): void {
    const { plan, number } = this.#directory.add(config);
    this.#supervisor.send({ type: 'server.add', plan, revision: number });
  }

  /** Wait as asked for a server that was just added; one that does not get there is not kept. */
  async admit(server: string, patience: Patience): Promise<ServerInfo> {
    const entry = this.#directory.require(server);
    const { revision } = entry;
    try {
      return await this.#ready(server, patience, (bounds) => admitted(this.#directory, server, bounds));
    } catch (error) {
      // Whoever replaced it meanwhile keeps it.
      if (this.#directory.get(server) === entry && entry.revision === revision) await this.remove(server);
      throw error;
    }
  }

  /** What becomes of a server that was just added: it is admitted, or not kept, which is no error here. */
  async outcome(name: string, patience: Patience): Promise<Outcome> {
    try {
      return { name, status: 'added', info: await this.admit(name, patience) };
    } catch (error) {
      if (!(error instanceof SupervisorError)) throw error;
      return { name, status: 'failed', error };
    }
  }

  /** Let a new configuration take over, and wait for it as asked; a connection that does not get there is not kept. */
  async replace(config: ServerConfig, handover: Handover): Promise<ServerInfo> {
    const { name } = config;
    const entry = this.#directory.require(name);
    if (entry.isOver) throw new SupervisorError('SERVER_REMOVED', `'${name}' is being removed`, { server: name });
    const staging = this.#directory.stage(config);
    const { plan, number: revision } = staging.revision;
    const { stopFirst = false, drainTimeoutMs: drainMs = DEFAULTS.drainTimeoutMs } = handover;
    this.#supervisor.send({ type: 'server.replace', plan, revision, stopFirst, drainMs });
    try {
      return await this.#ready(name, handover, (bounds) => installed(this.#directory, staging, bounds));
    } catch (error) {
      await this.#cancel(staging, entry);
      throw error;
    }
  }

  /** Remove a server. Resolves when nothing of it is left. */
  async remove(server: string, drainMs = 0): Promise<void> {
    const entry = this.#directory.get(server);
    entry?.shut('SERVER_REMOVED', 'was removed');
    this.#supervisor.send({ type: 'server.remove', server, drainMs });
    const look = () => (this.#directory.get(server) === entry ? STILL : GONE);
    await waitUntil(this.#directory, look, { clock: this.#clock, servers: [server] });
    await this.#desk.release(server);
  }

  /** Finish the authorization of a server, try again if it is not ready, and wait for it as asked. It is kept. */
  async authorize(server: string, how: Authorization, patience: Patience): Promise<ServerInfo> {
    const entry = this.#directory.require(server);
    await this.#desk.authorize(entry.revision, how);
    const { lastChange: after, state } = entry;
    if (state === 'ready') entry.reauthorized();
    else this.retry(server);
    const bounds = state === 'ready' ? {} : { after };
    return await this.#ready(server, patience, (own) => admitted(this.#directory, server, { ...own, ...bounds }));
  }

  /** Try again now. */
  retry(server: string): void {
    this.#supervisor.send({ type: 'server.retry', server });
    this.#directory.get(server)?.revive();
  }

  #ready(
    server: string,
    { waitUntil: goal, startTimeoutMs = DEFAULTS.startTimeoutMs, signal }: Patience,
    wait: (options: AdmissionOptions) => Promise<ServerInfo>,
  ): ServerInfo | Promise<ServerInfo> {
    const info = goal === 'added' ? this.#directory.info(server) : undefined;
    return info ?? wait({ clock: this.#clock, startTimeoutMs, signal });
  }

  /** Nobody waits any more for a connection that is to take over; resolves when it is gone. */
  async #cancel(staging: Staging, entry: ServerEntry): Promise<void> {
    const { number: revision, plan } = staging.revision;
    this.#supervisor.send({ type: 'replacement.cancel', server: plan.name, revision });
    const isOver = () => staging.status !== 'staged' || this.#directory.get(plan.name) !== entry;
    await waitUntil(this.#directory, () => (isOver() ? GONE : STILL), { clock: this.#clock, servers: [plan.name] });
  }
}
