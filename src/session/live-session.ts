/**
 * The session of one epoch: brings back what was declared before the epoch serves, then has subscribed resources
 * looked at, so that a change in the gap is told like any other. What it cannot bring back is told, and is no fault.
 */

import type { Elicitation, ElicitationAsker } from '../asking/elicitation.ts';
import type { SamplingAnswerer, SamplingAsker } from '../asking/sampling.ts';
import type { TaskBoard } from '../call/task-board.ts';
import { type Clock, inNextTurn } from '../clock.ts';
import type { ServerLimits } from '../config/limits.ts';
import type { ServerConfig } from '../config/server-config.ts';
import type { Root } from '../config/supervision-config.ts';
import type { EpochSession } from '../connection/session.ts';
import { type Link, RequestError, type ServerIdentity, type SessionObserver } from '../link/link.ts';
import { type EntryPage, LIST_METHODS } from '../link/lists.ts';
import type { RequestMethod, RequestShapes } from '../link/requests.ts';
import type { ListEvent } from '../listing/list-event.ts';
import { withDeadline } from '../policy/deadline.ts';
import type { DeclaredSession, DeclaringMethod, ServingSession } from './declared-session.ts';
import { ListWatch } from './list-watch.ts';
import { ResourceWatch } from './resource-watch.ts';
import { ServerLog } from './server-log.ts';
import type { SessionEvent } from './session-event.ts';
import { SessionRestoration } from './session-restoration.ts';

/** What the session of an epoch is made of. */
export interface LiveSessionSetup {
  readonly asker: ElicitationAsker & SamplingAsker;
  readonly declared: DeclaredSession;
  readonly tasks: TaskBoard;
  /** The configuration of this epoch while it is not the one in force: what it says goes before what is declared. */
  readonly ownConfig?: () => Pick<ServerConfig, 'loggingLevel' | 'roots'> | undefined;
  readonly clock: Clock;
  readonly limits: ServerLimits;
  readonly scrub: (text: string) => string;
  /** How long one reading of a resource may take. */
  readonly readTimeoutMs: number;
  /** Aborted when the epoch is over, before anything of it is released: nothing is asked any more. */
  readonly signal: AbortSignal;
  /** Must not throw. */
  readonly notify: (event: SessionEvent | ListEvent) => void;
  /** Where somebody answers for servers. */
  readonly elicitation: Pick<Elicitation, 'ask'> | undefined;
  readonly sampling?: SamplingAnswerer | undefined;
}

interface Opened {
  readonly link: Link;
  readonly identity: ServerIdentity;
}

/** The session of one epoch. */
export class LiveSession implements EpochSession, ServingSession {
  readonly observer: SessionObserver;
  readonly #setup: LiveSessionSetup;
  readonly #resources: ResourceWatch;
  readonly #lists: ListWatch;
  readonly #log: ServerLog;
  readonly #restoration: SessionRestoration;
  #opened: Opened | undefined;
  #restoring: Promise<void> = Promise.resolve();
  #catchingUp: Promise<void> | undefined;
  /** A look at what is subscribed is wanted after the present one. */
  #isBehind = false;
  #rootsTold: unknown;
  /** The link has ended, or the epoch is withdrawn. */
  #isOver = false;

  constructor(setup: LiveSessionSetup) {
    const { clock, scrub, elicitation, sampling, asker, limits, declared, signal, readTimeoutMs: timeoutMs } = setup;
    this.#setup = setup;
    this.#log = new ServerLog(clock, scrub, limits.maxLogsPerSecond);
    this.#resources = new ResourceWatch({
      declared,
      clock,
      limits,
      signal,
      isOffered: () => this.identity?.capabilities.resources !== undefined,
      read: (uri) => this.#send('resources/read', { uri }, timeoutMs),
      changed: (change) => setup.notify({ type: 'resource.updated', ...this.#about(), ...change }),
    });
    this.#lists = new ListWatch({
      lists: declared.lists,
      clock,
      limits,
      signal,
      capabilities: () => this.identity?.capabilities,
      ask: async (list, page, timeoutMs) =>
        (await this.#send(LIST_METHODS[list], page, timeoutMs)) as EntryPage<typeof list>,
      about: () => this.#about(),
      tell: (event) => setup.notify(event),
    });
    this.#restoration = new SessionRestoration({
      declared,
      level: () => setup.ownConfig?.()?.loggingLevel ?? declared.loggingLevel,
      capabilities: () => this.identity?.capabilities,
      isOver: () => this.isOver,
      send: (method, params, timeoutMs) => this.#send(method, params, timeoutMs),
      restored: (restored) => setup.notify({ type: 'session.restored', ...this.#about(), ...restored }),
    });
    this.#rootsTold = this.#roots;
    this.observer = {
      listening: () => this.#heardAgain(),
      logged: (message) => {
        const entry = this.#log.take(message);
        if (entry !== undefined) setup.notify({ type: 'log.received', ...this.#about(), ...entry });
      },
      listChanged: (list) => {
        if (list === 'resources') declared.reads.clear();
        this.#lists.changed(list);
      },
      resourceUpdated: (uri) => {
        declared.reads.changed(uri);
        this.#resources.updated(uri);
      },
      elicitationCompleted: (id) => {
        if (!asker.questions.pages.settle(id)) return;
        setup.notify({ type: 'elicitation.completed', ...this.#about(), elicitationId: scrub(id) });
      },
      taskChanged: (id) => setup.tasks.told(id),
      roots: this.#roots === undefined ? undefined : () => this.#tellRoots(),
      sampling: sampling && {
        tools: sampling.tools,
        sample: (params, signal) => sampling.sample(asker, params, signal),
      },
      elicit: elicitation && ((params, signal) => elicitation.ask(asker, params, signal)),
    };
  }

  /** What the server offers; nothing before the handshake is through. */
  get identity(): ServerIdentity | undefined {
    return this.#opened?.identity;
  }

  get isOver(): boolean {
    return this.#isOver || this.#setup.signal.aborted;
  }

  restore(link: Link, identity: ServerIdentity, budgetMs: number): Promise<unknown> | undefined {
    this.#opened = { link, identity };
    void link.ended.then(() => {
      this.#isOver = true;
    });
    if (this.#restoration.isComplete) return undefined;
    this.#restoring = this.#restoration.run();
    return withDeadline(this.#setup.clock, this.#restoring, budgetMs);
  }

  published(): void {
    const { declared, tasks } = this.#setup;
    declared.live = this;
    this.forget();
    tasks.answers = this.observer;
    // In the next turn: whoever waited for this server to be ready calls it first.
    this.#catchingUp = new Promise((resolve) => inNextTurn(() => resolve(this.#catchUp())));
    if (this.#roots !== this.#rootsTold) void this.#opened?.link.rootsChanged();
  }

  withdrawn(): void {
    this.#isOver = true;
    const { declared, tasks } = this.#setup;
    if (declared.live === this) declared.live = undefined;
    if (tasks.answers === this.observer) tasks.answers = undefined;
  }

  end(): void {
    this.withdrawn();
    this.#resources.flush();
  }

  async request<M extends DeclaringMethod>(
    method: M,
    params: RequestShapes[M]['params'],
    timeoutMs: number,
  ): Promise<void> {
    this.#restoration.asked(method, params);
    await this.#send(method, params, timeoutMs);
  }

  async rootsChanged(): Promise<void> {
    await this.#opened?.link.rootsChanged();
  }

  /** What is known of the server may have changed: lists are fetched again, readings are forgotten. */
  forget(): void {
    this.#setup.declared.reads.clear();
    this.#lists.lookAtAll();
  }

  async noteContent(uri: string): Promise<void> {
    await this.#resources.note(uri);
  }

  /** The stream of what the server says broke in the middle of an epoch: that is a gap like any other. */
  #heardAgain(): void {
    // Before publication the look that follows it is still to come.
    if (this.#catchingUp === undefined || this.#isBehind) return;
    this.#isBehind = true;
    this.#catchingUp = this.#catchingUp.then(async () => {
      this.#isBehind = false;
      this.forget();
      await this.#resources.lookAtAll();
    });
  }

  /** After publication: the rest of what was declared, then a look at what was subscribed to before. */
  async #catchUp(): Promise<void> {
    await this.#restoring;
    if (!this.#restoration.isComplete) await this.#restoration.run();
    await this.#resources.lookAtAll();
  }

  async #send<M extends RequestMethod>(
    method: M,
    params: RequestShapes[M]['params'],
    timeoutMs: number,
  ): Promise<RequestShapes[M]['result']> {
    const { signal } = this.#setup;
    if (this.#opened === undefined || this.isOver) throw new RequestError({ kind: 'aborted' });
    return await this.#opened.link.request(method, params, { timeoutMs, signal });
  }

  get #roots(): readonly Root[] | undefined {
    return this.#setup.ownConfig?.()?.roots ?? this.#setup.declared.roots;
  }

  #tellRoots(): readonly Root[] {
    this.#rootsTold = this.#roots;
    return this.#roots ?? [];
  }

  #about() {
    const { asker, clock } = this.#setup;
    return { server: asker.server, epoch: asker.epoch, atMs: clock.now() };
  }
}
