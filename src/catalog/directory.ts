/**
 * All servers by name: the look-up of every call, and the place where reports of the supervisor and publications of
 * epochs meet. It follows; the machines decide.
 */

import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../clock.ts';
import type { ServerConfig } from '../config/server-config.ts';
import type { Publication, Publisher, ShownCarrier } from '../connection/publication.ts';
import { SupervisorError } from '../errors.ts';
import type { EntryList } from '../listing/entry-collector.ts';
import type { ListEvent } from '../listing/list-event.ts';
import { Revision } from '../opening/revision.ts';
import type { SupervisorReport } from '../supervisor/report.ts';
import { Catalog } from './catalog.ts';
import type { Explanation } from './explanation.ts';
import { ServerEntry } from './server-entry.ts';
import type { ServerInfo } from './server-info.ts';
import type { Staging } from './staging.ts';

/** The servers of one supervisor. */
export class Directory implements Publisher {
  readonly #clock: Clock;
  readonly #notify: (event: SupervisorReport | ListEvent) => void;
  readonly #entries = new Map<string, ServerEntry>();
  readonly #catalog = new Catalog();
  /** By the server that they look at. */
  readonly #watchers = new Map<string, Set<() => void>>();
  #revisions = 0;
  #isClosed = false;

  constructor(clock: Clock, notify: (event: SupervisorReport | ListEvent) => void) {
    this.#clock = clock;
    this.#notify = notify;
  }

  /** Names in the order in which servers were added. */
  get names(): string[] {
    return [...this.#entries.keys()];
  }

  get(server: string): ServerEntry | undefined {
    return this.#entries.get(server);
  }

  /** The entry, or an error that lists the known servers, or says that there are none any more. */
  require(server: string): ServerEntry {
    const entry = this.#entries.get(server);
    if (entry !== undefined) return entry;
    if (this.#isClosed) throw new SupervisorError('SUPERVISOR_CLOSED', 'the supervisor is closed', { server });
    const known = this.names.map((name) => `'${name}'`).join(', ') || 'none';
    throw new SupervisorError('SERVER_UNKNOWN', `no server '${server}'; known servers: ${known}`, { server });
  }

  /** See that no server has the name of one of these, or throw `SERVER_EXISTS`. */
  requireNew(configs: readonly ServerConfig[]): void {
    const taken = configs.find(({ name }) => this.#entries.has(name));
    if (taken === undefined) return;
    throw new SupervisorError('SERVER_EXISTS', `there is a server '${taken.name}' already`, { server: taken.name });
  }

  /** See that there is such a server and that no other needs it, or throw `SERVER_UNKNOWN` or `SERVER_DEPENDED_ON`. */
  requireUnneeded(server: string): void {
    this.require(server);
    const dependents = [...this.#entries.values()].filter((entry) => entry.needs(server));
    if (dependents.length === 0) return;
    const names = dependents.map(({ plan }) => `'${plan.name}'`).join(', ');
    throw new SupervisorError('SERVER_DEPENDED_ON', `'${server}' is needed by ${names}`, { server });
  }

  /** Add a server under the name of its configuration. */
  add(config: ServerConfig): Revision {
    const revision = this.#newRevision(config);
    this.#entries.set(config.name, new ServerEntry(revision, this.#clock));
    return revision;
  }

  /** Remember a configuration that is to take over from the one in force. */
  stage(config: ServerConfig): Staging {
    const staging = this.require(config.name).succession.stage(this.#newRevision(config));
    this.#wake(config.name);
    return staging;
  }

  /** The configuration of a server that has that number, while it is of use. */
  revision(server: string, number: number): Revision | undefined {
    return this.#entries.get(server)?.revisionOf(number);
  }

  tools(server: string): readonly Tool[] {
    return this.#catalog.tools(server);
  }

  /** The tools of a server; where they may not be believed any more, they are fetched again meanwhile. */
  lookAtTools(server: string): readonly Tool[] {
    if (this.#catalog.isStale(server, this.#clock.monotonic()))
      this.#entries.get(server)?.gate.publication?.refreshTools();
    return this.tools(server);
  }

  /** Whether a tool's own hints say that running it twice does no harm. */
  isHarmless(server: string, tool: string): boolean {
    return this.#catalog.isHarmless(server, tool);
  }

  info(server: string): ServerInfo | undefined {
    const entry = this.#entries.get(server);
    return entry === undefined ? undefined : this.#infoOf(entry);
  }

  /** Why a server is in the state it is in, or an error that lists the known servers. */
  explain(server: string): Explanation {
    const entry = this.require(server);
    return entry.explain(this.#infoOf(entry), this.#clock.now());
  }

  /** Be called after each change of one of these servers, and when all is over. Returns how to stop. */
  watch(servers: readonly string[], watcher: () => void): () => void {
    for (const server of servers) {
      const watchers = this.#watchers.get(server) ?? new Set();
      this.#watchers.set(server, watchers.add(watcher));
    }
    return () => {
      for (const server of servers) {
        const watchers = this.#watchers.get(server);
        watchers?.delete(watcher);
        if (watchers?.size === 0) this.#watchers.delete(server);
      }
    };
  }

  /** Take a report of the supervisor, and make it known. */
  follow(report: SupervisorReport): void {
    const entry = report.server === undefined ? undefined : this.#entries.get(report.server);
    if (report.type === 'state.changed') entry?.follow(report);
    if (report.type === 'server.restarted') entry?.restarted();
    if (report.type === 'replacement.changed') entry?.succession.follow(report);
    if (report.type === 'replacement.failed') entry?.succession.failed(report);
    if (report.type === 'connection.retired') entry?.succession.retired(report.epoch);
    const list = report.type === 'server.replaced' ? entry?.replaced(report) : undefined;
    if (report.type === 'server.removed') this.#remove(report.server);
    this.#notify(report);
    if (report.type === 'server.replaced' && list !== undefined) this.listed(report.server, report.epoch, list);
    if (report.server !== undefined) this.#wake(report.server);
  }

  began(server: string, epoch: number, carrier: ShownCarrier): void {
    this.#entries.get(server)?.began(epoch, carrier);
  }

  publish(publication: Publication): void {
    this.#entries.get(publication.server)?.publish(publication);
  }

  withdraw(publication: Publication): void {
    this.#entries.get(publication.server)?.withdraw(publication);
  }

  listed(server: string, epoch: number, list: EntryList<'tools'>): void {
    const entry = this.#entries.get(server);
    if (entry === undefined || entry.succession.isRetiring(epoch)) return;
    const candidate = entry.succession.candidateOf(epoch);
    if (candidate !== undefined) {
      candidate.list = list;
      return;
    }
    entry.listed(list);
    const events = this.#catalog.see(list, { server, epoch, atMs: this.#clock.now() });
    for (const event of events) this.#notify(event);
  }

  /** The supervisor is closing: no call passes any more. */
  close(): void {
    this.#isClosed = true;
    for (const entry of this.#entries.values()) entry.shut('SUPERVISOR_CLOSED', 'is closed with its supervisor');
    this.#wakeAll();
  }

  /** The supervisor is gone without having disposed anything: nobody may wait for it any more. */
  collapse(): void {
    for (const server of this.names) this.#remove(server);
    this.#wakeAll();
  }

  #newRevision(config: ServerConfig): Revision {
    this.#revisions += 1;
    return new Revision(config, this.#revisions);
  }

  #infoOf(entry: ServerEntry): ServerInfo {
    return entry.info(this.#catalog, (name) => this.#entries.get(name)?.state);
  }

  #remove(server: string): void {
    const entry = this.#entries.get(server);
    this.#entries.delete(server);
    this.#catalog.forget(server);
    entry?.shut('SERVER_REMOVED', 'was removed');
  }

  #wake(server: string): void {
    for (const watcher of [...(this.#watchers.get(server) ?? [])]) watcher();
  }

  #wakeAll(): void {
    for (const server of [...this.#watchers.keys()]) this.#wake(server);
  }
}
