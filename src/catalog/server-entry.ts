/**
 * Everything the library holds for one server beside its machine: configuration, gate, publication and the last
 * change of its state. It follows the machine and decides nothing.
 */

import type { ExpectedPages } from '../asking/expected-pages.ts';
import { ServerQuestions } from '../asking/server-questions.ts';
import type { Standstill } from '../asking/standstill.ts';
import { turnedAwayError } from '../call/failure.ts';
import { Gate } from '../call/gate.ts';
import { UnansweredCalls } from '../call/request-target.ts';
import { checksOf, type ResultChecks } from '../call/result-check.ts';
import { describeSituation, type Situation } from '../call/situation.ts';
import { SlotSuccession } from '../call/slot-succession.ts';
import type { Slots } from '../call/slots.ts';
import { TaskBoard } from '../call/task-board.ts';
import type { Clock } from '../clock.ts';
import type { SupervisionPlan } from '../config/effective.ts';
import type { Publication, ShownCarrier } from '../connection/publication.ts';
import type { StateChange } from '../connection/state-change.ts';
import type { ConnectionState } from '../connection-state.ts';
import type { CallError, ErrorCode } from '../errors.ts';
import type { Fault } from '../fault.ts';
import type { EntryList } from '../listing/entry-collector.ts';
import type { Revision } from '../opening/revision.ts';
import { DeclaredSession } from '../session/declared-session.ts';
import type { ServerReplaced } from '../supervisor/report.ts';
import type { Catalog } from './catalog.ts';
import { type Explanation, explain } from './explanation.ts';
import { ServerHistory } from './server-history.ts';
import type { ServerInfo } from './server-info.ts';
import { serverView } from './server-view.ts';
import { Succession } from './succession.ts';

/** One server. */
export class ServerEntry {
  readonly gate: Gate;
  readonly unanswered = new UnansweredCalls();
  /** What it asks the host. */
  readonly questions: ServerQuestions;
  readonly tasks = new TaskBoard();
  /** What the host declared for its session. */
  readonly session: DeclaredSession;
  /** What is to take over from its connection. */
  readonly succession = new Succession();
  readonly #clock: Clock;
  readonly #history: ServerHistory;
  readonly #slots: SlotSuccession;
  #revision: Revision;
  /** A new configuration is in force, and the connection of the one before is still to end. */
  #isSucceeding = false;
  /** No call passes any more, whatever the connection does. */
  #isOver = false;
  #change: StateChange | undefined;
  #publication: Publication | undefined;
  #checks: ResultChecks | undefined;
  #cause: Fault | undefined;

  constructor(revision: Revision, clock: Clock) {
    this.#clock = clock;
    this.#revision = revision;
    this.gate = new Gate(clock, revision.plan.maxQueued);
    this.questions = new ServerQuestions(clock);
    this.session = new DeclaredSession(revision.config);
    this.#history = new ServerHistory(clock);
    this.#slots = new SlotSuccession(clock, revision.plan);
  }

  /** The configuration in force. */
  get revision(): Revision {
    return this.#revision;
  }

  get plan(): SupervisionPlan {
    return this.#revision.plan;
  }

  /** How results are checked, by the list of tools as last seen. */
  get checks(): ResultChecks | undefined {
    return this.#checks;
  }

  scrub(text: string): string {
    return this.#revision.scrub(text);
  }

  get standstill(): Standstill {
    return this.questions.standstill;
  }

  get pages(): ExpectedPages {
    return this.questions.pages;
  }

  get slots(): Slots {
    return this.#slots.present;
  }

  /** The configuration that has that number, in force or to be. */
  revisionOf(number: number): Revision | undefined {
    return [this.#revision, this.succession.revision].find((each) => each?.number === number);
  }

  /** Servers that it needs, with the configuration in force or the one to be. */
  needs(server: string): boolean {
    return [this.plan, this.succession.revision?.plan].some((plan) => plan?.dependsOn.includes(server));
  }

  /** No call passes any more: its server is being removed. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The server that serves has listed its tools. */
  listed(list: EntryList<'tools'>): void {
    this.#checks = this.plan.checkResults ? checksOf(list, this.#checks) : undefined;
  }

  /** Another connection serves from now on, or as soon as the present one is gone. Returns the tools it has listed. */
  replaced(report: ServerReplaced): EntryList<'tools'> | undefined {
    const { candidate, revision } = this.succession.take(report);
    if (revision !== undefined) this.#adopt(revision);
    this.#cause = undefined;
    this.#change = candidate?.change;
    this.#isSucceeding = candidate === undefined;
    this.#publication = candidate?.publication;
    if (candidate?.shown !== undefined) this.#history.began(candidate.shown);
    if (!this.#isOver && candidate?.publication !== undefined) this.gate.open(candidate.publication);
    else if (!this.#isOver) this.gate.hold();
    this.#slots.renew(this.plan);
    return candidate?.list;
  }

  /** The state last announced; a server that was never started counts as connecting. */
  get state(): ConnectionState {
    return this.#change?.to ?? 'connecting';
  }

  get lastChange(): StateChange | undefined {
    return this.#change;
  }

  /** Why it is not ready: the last fault, kept through the attempts that follow it. */
  get cause(): Fault | undefined {
    return this.#cause;
  }

  /** The process of an epoch runs, or its sockets may be opened. */
  began(epoch: number, shown: ShownCarrier): void {
    const candidate = this.succession.candidateOf(epoch);
    if (candidate === undefined) this.#history.began(shown);
    else candidate.shown = shown;
    const starting = candidate === undefined ? this.#revision : this.succession.revision;
    starting?.prepare();
  }

  /** The epoch serves: calls pass, unless it is one of a connection that has still to take over. */
  publish(publication: Publication): void {
    const candidate = this.succession.candidateOf(publication.epoch);
    if (candidate !== undefined) {
      candidate.publication = publication;
      return;
    }
    this.#publication = publication;
    if (!this.#isOver) this.gate.open(publication);
  }

  /** The epoch serves no more. A newer one is not touched. */
  withdraw(publication: Publication): void {
    if (this.#publication !== publication) return;
    this.#publication = undefined;
    this.#history.heard(publication.link.lastHeardAtMs);
    if (this.gate.publication === publication) this.gate.hold();
  }

  /** The state changed: calls wait or fail accordingly. */
  follow(change: StateChange): void {
    // Until its own first life begins, it is the end of the connection before that is reported.
    if (this.#isSucceeding && change.to !== 'connecting') return;
    this.#isSucceeding = false;
    this.#change = change;
    const isTrying = change.to === 'connecting' || change.to === 'initializing';
    this.#cause = change.cause ?? (isTrying ? this.#cause : undefined);
    this.#history.follow(change);
    if (this.#isOver) return;
    if (change.to === 'closed') this.#fail('SERVER_CLOSED');
    else if (change.parked) this.#fail('SERVER_PARKED');
    else if (change.to === 'reconnecting' || change.to === 'connecting') this.gate.hold();
  }

  /** Somebody asked for an attempt: calls wait for it, while what is left of the epoch before is still released. */
  revive(): void {
    if (!this.#isOver && (this.state === 'closed' || this.#change?.parked)) this.gate.hold();
  }

  /** Somebody else may be asked for from now on: what the server says to one is not for another. */
  reauthorized(): void {
    this.session.live?.forget();
    this.gate.publication?.refreshTools();
  }

  /** Calls fail from now on for good, saying why. */
  shut(code: ErrorCode, what: string): void {
    this.#isOver = true;
    this.tasks.shut(this.#fail(code, what));
  }

  /** It crashed and was started again. */
  restarted(): void {
    this.#history.restarted();
  }

  /** Why it is in the state it is in. */
  explain(info: ServerInfo, nowMs: number): Explanation {
    const clockMs = this.#clock.monotonic();
    const { oldest } = this.unanswered;
    const heardAtMs = this.#publication?.link.lastHeardAtMs ?? this.#history.heardAtMs;
    return explain({
      info,
      plan: this.plan,
      faults: this.#history.faults,
      restarts: this.#history.restartsWithin(this.plan.withinMs),
      stderr: this.#history.stderr,
      oldestCallMs: oldest === undefined ? undefined : clockMs - oldest.startedAtMs,
      silentMs: heardAtMs === undefined ? undefined : clockMs - heardAtMs,
      nowMs,
    });
  }

  /** What it is doing, and why, for the errors of those who wait for it. */
  situation(waitingFor: readonly string[] = []): Situation {
    const change = this.#change;
    const dueAtMs = change?.retryInMs === undefined ? undefined : change.atMs + change.retryInMs;
    return {
      state: this.state,
      parked: change?.parked ?? false,
      held: change?.held ?? false,
      attempt: change?.attempt ?? 0,
      fault: this.#cause,
      retryInMs: dueAtMs === undefined ? undefined : Math.max(0, Math.round(dueAtMs - this.#clock.now())),
      waitingFor,
      stderr: this.#history.stderr,
    };
  }

  #adopt(revision: Revision): void {
    this.#revision = revision;
    this.gate.limit(this.plan.maxQueued);
    const { roots } = this.session;
    this.session.adopt(revision.config);
    if (this.session.roots !== roots) void this.session.live?.rootsChanged();
  }

  #fail(code: ErrorCode, what?: string): () => CallError {
    const { name: server } = this.plan;
    const epoch = this.#change?.epoch;
    // Made when somebody meets it, because by then the next attempt is nearer.
    const error = () => {
      const situation = this.situation();
      return turnedAwayError(code, what ?? describeSituation(server, situation), { server, epoch, ...situation });
    };
    this.gate.shut(error);
    return error;
  }

  /** What can be shown of it now. */
  info(catalog: Catalog, stateOf: (server: string) => ConnectionState | undefined): ServerInfo {
    const { name, dependsOn } = this.plan;
    const isIdle = this.#change === undefined;
    return serverView({
      revision: this.#revision,
      state: this.state,
      change: this.#change,
      cause: this.#cause,
      publication: this.#publication,
      waitingFor: dependsOn.filter((needed) => isIdle && stateOf(needed) !== 'ready'),
      tools: catalog.tools(name),
      queued: this.gate.waitingCount + this.slots.waitingCount,
      inFlight: this.#slots.takenCount,
    });
  }
}
