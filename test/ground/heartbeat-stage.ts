/** One heartbeat on a stage: a server whose answers are scripted; what happens is written down with its time. */

import type { Timer } from '../../src/clock.ts';
import type { PulseCommand } from '../../src/connection/events.ts';
import { Heartbeat } from '../../src/connection/heartbeat.ts';
import { newPulseHabit, type PulseHabit } from '../../src/connection/pulse-habit.ts';
import { PulseHold } from '../../src/connection/pulse-hold.ts';
import type { Fault } from '../../src/fault.ts';
import { RequestError } from '../../src/link/link.ts';
import type { SignOfLife } from '../../src/link/sign-of-life.ts';
import { SimulatedClock } from '../../src/testing/simulated-clock.ts';

/** What a server does with a question: answer, nothing, nothing while it says something else, or fail. */
export type ScriptedPulse = 'answers' | 'is silent' | 'talks' | Fault;

const PLAN = { intervalMs: 1_000, probeAfterMs: 300, timeoutMs: 200, misses: 2, busyMisses: 3 };

/** A simulated clock that counts the timers that were set. */
class CountingClock extends SimulatedClock {
  count = 0;

  override setTimeout(callback: () => void, delayMs: number): Timer {
    this.count += 1;
    return super.setTimeout(callback, delayMs);
  }
}

/** A heartbeat that runs. */
export class HeartbeatStage {
  readonly clock = new CountingClock();
  readonly journal: string[] = [];
  readonly controller = new AbortController();
  readonly habit: PulseHabit;
  readonly hold = new PulseHold();
  readonly heartbeat: Heartbeat;
  readonly link;
  readonly ended: Promise<Fault>;
  /** A person answers what the server asked. */
  isAwaited = false;

  constructor(answers: readonly ScriptedPulse[], more: { list?: SignOfLife; habit?: PulseHabit } = {}) {
    const { clock } = this;
    const script = [...answers];
    const note = (what: string) => void this.journal.push(`${clock.monotonic()} ${what}`);
    this.link = {
      lastHeardAtMs: 0,
      pendingCount: 0,
      messageCount: 0,
      alive: (timeoutMs: number, signal?: AbortSignal, sign?: SignOfLife) => {
        note(sign ?? 'ping');
        return this.#answer(script.shift() ?? 'answers', timeoutMs, signal);
      },
    };
    this.habit = more.habit ?? newPulseHabit();
    this.heartbeat = new Heartbeat(
      PLAN,
      clock,
      { habit: this.habit, hold: this.hold },
      {
        isAwaited: () => this.isAwaited,
        missed: (count) => note(`missed ${count}`),
        answered: () => note('answered'),
        disabled: () => note('disabled'),
      },
    );
    this.ended = this.heartbeat.watch(this.link, more.list, this.controller.signal);
    this.ended.then(
      (fault) => note(`over by ${fault.kind}`),
      () => note('aborted'),
    );
  }

  /** How many timers were set so far. */
  timersSet = (): number => this.clock.count;

  /** A call goes out, as the link tells it. */
  call = (): void => {
    this.link.pendingCount += 1;
    if (this.link.pendingCount === 1) this.heartbeat.busy();
  };

  /** A call is answered. */
  answer = (): void => {
    this.link.pendingCount -= 1;
    this.link.lastHeardAtMs = this.clock.monotonic();
  };

  obey = (command: PulseCommand): void => {
    this.hold.obey(command);
    this.heartbeat.obey(command);
  };

  stop = (): void => this.controller.abort();

  #answer(answer: ScriptedPulse, timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new RequestError({ kind: 'aborted' })), { once: true });
      const hear = () => {
        this.link.messageCount += 1;
        this.link.lastHeardAtMs = this.clock.monotonic();
      };
      if (answer === 'answers') {
        hear();
        resolve();
      } else if (typeof answer === 'object') {
        reject(new RequestError({ kind: 'fault', fault: answer, outcome: 'unknown' }));
      } else {
        if (answer === 'talks') this.clock.setTimeout(hear, timeoutMs / 2);
        this.clock.setTimeout(() => reject(new RequestError({ kind: 'timed-out' })), timeoutMs);
      }
    });
  }
}
