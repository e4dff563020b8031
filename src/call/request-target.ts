/** What the path of requests needs of a server. */

import type { ExpectedPages } from '../asking/expected-pages.ts';
import type { Standstill } from '../asking/standstill.ts';
import type { SupervisionPlan } from '../config/effective.ts';
import { InFlight } from '../policy/in-flight.ts';
import type { Gate } from './gate.ts';
import type { ResultChecks } from './result-check.ts';
import type { Situation } from './situation.ts';
import type { Slots } from './slots.ts';
import type { TaskBoard } from './task-board.ts';

/** A server, as requests see it. */
export interface RequestTarget {
  readonly gate: Gate;
  readonly plan: SupervisionPlan;
  readonly slots: Slots;
  readonly standstill: Standstill;
  /** Where people are sent. */
  readonly pages: ExpectedPages;
  readonly tasks: TaskBoard;
  /** Calls that are not answered yet, in the order in which they were made. */
  readonly unanswered: UnansweredCalls;
  /** How results of its tools are checked, as listed now; nothing where none is. */
  readonly checks?: ResultChecks | undefined;
  /** Takes the secrets of its configuration out of a text. */
  readonly scrub?: (text: string) => string;
  /** What the server is doing; asked only when a call fails. */
  situation(): Situation;
}

/** A call that was made and is not answered. */
export interface UnansweredCall {
  /** On the monotonic clock. */
  readonly startedAtMs: number;
}

/** The calls of one server that are not answered. */
export class UnansweredCalls extends InFlight<UnansweredCall, UnansweredCall> {
  constructor() {
    super((call) => call);
  }
}
