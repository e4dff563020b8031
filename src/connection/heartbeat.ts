/**
 * Watches whether a server lives: after a silence it is asked for a sign of life, sooner while a call waits for its
 * reply, and after several misses in a row the watch is over. A server that talks is never asked, and a message that
 * arrives while a question is open counts as an answer. It decides nothing beyond that.
 */

import type { Clock } from '../clock.ts';
import type { HeartbeatPlan } from '../config/effective.ts';
import type { Fault } from '../fault.ts';
import { type Link, RequestError } from '../link/link.ts';
import type { SignOfLife } from '../link/sign-of-life.ts';
import { Alarm } from './alarm.ts';
import type { PulseCommand } from './events.ts';
import type { PulseHabit } from './pulse-habit.ts';
import type { PulseHold } from './pulse-hold.ts';

/** What the watch tells while it goes on. */
export interface HeartbeatObserver {
  /** Whether the server waits for us now, so that its silence says nothing: a person answers what it asked. */
  isAwaited(): boolean;
  missed(count: number): void;
  answered(): void;
  /** The server talks and answers no question there is: it is never asked again. */
  disabled(): void;
}

/** What is watched. */
export type WatchedLink = Pick<Link, 'alive' | 'lastHeardAtMs' | 'messageCount' | 'pendingCount'>;

/** Questions in a row that a server which talks may leave unanswered before it is not asked any more. */
const IGNORED_QUESTIONS = 2;

/** The heartbeat of one epoch. */
export class Heartbeat {
  readonly #plan: HeartbeatPlan;
  readonly #clock: Clock;
  readonly #habit: PulseHabit;
  readonly #hold: PulseHold;
  readonly #observer: HeartbeatObserver;
  readonly #alarm: Alarm;
  /** The next wait ends within `probeAfterMs` in any case: nothing has to be done for a further call. */
  #isProbing = false;
  /** Nothing before this moment counts as silence. */
  #sinceMs = Number.NEGATIVE_INFINITY;
  /** When the server is to be asked whatever was heard, where somebody wants that. */
  #checkAtMs: number | undefined;
  #missed = 0;
  #isSuspect = false;
  #unanswered = 0;
  #ignored = 0;

  constructor(
    plan: HeartbeatPlan,
    clock: Clock,
    { habit, hold }: { habit: PulseHabit; hold: PulseHold },
    observer: HeartbeatObserver,
  ) {
    this.#plan = plan;
    this.#clock = clock;
    this.#habit = habit;
    this.#hold = hold;
    this.#observer = observer;
    this.#alarm = new Alarm(clock);
  }

  /** A call waits for its reply where none waited before. On the path of every call, so it does next to nothing. */
  busy(): void {
    if (this.#isProbing || this.#hold.isHeld) return;
    this.#isProbing = true;
    this.#alarm.within(this.#plan.probeAfterMs);
  }

  /** Go on as the hold was just commanded: ask nothing, or ask once after a delay and go on. */
  obey(command: PulseCommand): void {
    this.#missed = 0;
    if (command.type === 'pulse.check') {
      this.#sinceMs = this.#clock.monotonic();
      this.#checkAtMs = this.#sinceMs + command.delayMs;
    }
    this.#alarm.within(0);
  }

  /**
   * Resolve with the fault of a server that stopped answering; `list` is a list it offers. Rejects only when the signal
   * is aborted.
   */
  async watch(link: WatchedLink, list: SignOfLife | undefined, signal: AbortSignal): Promise<Fault> {
    for (;;) {
      if (this.#observer.isAwaited()) {
        this.#relieve();
        this.#sinceMs = this.#clock.monotonic();
        await this.#alarm.wait(this.#plan.probeAfterMs, signal);
        continue;
      }
      // After a miss the next question is asked at once: its own timeout is the pause.
      const dueInMs = this.#missed > 0 ? 0 : this.#dueInMs(link);
      if (dueInMs > 0) {
        await this.#alarm.wait(dueInMs, signal);
        continue;
      }
      const fault = await this.#ask(link, list, signal);
      if (fault === undefined) continue;
      if (this.#missed >= (link.pendingCount > 0 ? this.#plan.busyMisses : this.#plan.misses)) return fault;
      // A question that failed at once would otherwise be repeated without a pause.
      if (fault.kind !== 'unresponsive') await this.#alarm.wait(this.#plan.timeoutMs, signal);
    }
  }

  #dueInMs(link: WatchedLink): number {
    this.#isProbing = link.pendingCount > 0;
    if (this.#hold.isHeld || this.#habit.question === 'none') return Number.POSITIVE_INFINITY;
    const { intervalMs, probeAfterMs } = this.#plan;
    const silentSinceMs = Math.max(link.lastHeardAtMs, this.#sinceMs);
    const idleAtMs = this.#checkAtMs ?? silentSinceMs + intervalMs;
    const dueAtMs = this.#isProbing ? Math.min(idleAtMs, silentSinceMs + probeAfterMs) : idleAtMs;
    return dueAtMs - this.#clock.monotonic();
  }

  /** Ask once; the fault when nothing was heard. */
  async #ask(link: WatchedLink, list: SignOfLife | undefined, signal: AbortSignal): Promise<Fault | undefined> {
    const isList = list !== undefined && (this.#habit.question === 'list' || this.#unanswered > 0);
    const { messageCount } = link;
    const { phase } = this.#hold;
    this.#checkAtMs = undefined;
    const fault = await ask(link, this.#plan.timeoutMs, isList ? list : 'ping', signal);
    signal.throwIfAborted();
    if (fault === undefined) {
      // A server that leaves a ping alone and lists what it has does not know pings.
      if (isList) this.#habit.question = 'list';
      this.#unanswered = 0;
      this.#ignored = 0;
      this.#relieve();
      return undefined;
    }
    if (this.#hold.phase !== phase) return undefined;
    this.#unanswered += 1;
    // Of a message, not of a header or a keep-alive: those may come from a proxy in front of a server that hangs.
    if (fault.kind === 'unresponsive' && link.messageCount !== messageCount) {
      this.#relieve();
      this.#ignored += 1;
      if (list === undefined && this.#ignored >= IGNORED_QUESTIONS) {
        this.#habit.question = 'none';
        this.#observer.disabled();
      }
      return undefined;
    }
    this.#missed += 1;
    this.#isSuspect = true;
    this.#observer.missed(this.#missed);
    return fault.kind === 'unresponsive' ? { ...fault, missed: this.#missed } : fault;
  }

  #relieve(): void {
    if (this.#isSuspect) this.#observer.answered();
    this.#isSuspect = false;
    this.#missed = 0;
  }
}

async function ask(
  link: WatchedLink,
  timeoutMs: number,
  sign: SignOfLife,
  signal: AbortSignal,
): Promise<Fault | undefined> {
  try {
    await link.alive(timeoutMs, signal, sign);
    return undefined;
  } catch (error) {
    if (error instanceof RequestError && error.failure.kind === 'fault') return error.failure.fault;
    return { kind: 'unresponsive', missed: 1 };
  }
}
