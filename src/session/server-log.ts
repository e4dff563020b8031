/** What a server logs, made fit to be shown: scrubbed, cut, and no more of it than allowed per second. */

import type { LoggingMessageNotificationParams } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../clock.ts';
import { type ScrubLimits, scrubValue } from '../config/scrubbed-value.ts';
import type { LogReceived } from './session-event.ts';

/** Enough for a line of a log with its fields; a server may send a hundred of them a second. */
const LIMITS: ScrubLimits = { maxDepth: 6, maxEntries: 200, maxCharacters: 8_192 };
const MAX_LOGGER_LENGTH = 256;
const WINDOW_MS = 1_000;

/** The log of one server in one epoch. */
export class ServerLog {
  readonly #clock: Clock;
  readonly #scrub: (text: string) => string;
  readonly #maxPerSecond: number;
  #windowAtMs = Number.NEGATIVE_INFINITY;
  #count = 0;
  #dropped = 0;

  constructor(clock: Clock, scrub: (text: string) => string, maxPerSecond: number) {
    this.#clock = clock;
    this.#scrub = scrub;
    this.#maxPerSecond = maxPerSecond;
  }

  /** What is to be made known of a message; nothing when there are too many. */
  take(
    message: LoggingMessageNotificationParams,
  ): Pick<LogReceived, 'level' | 'logger' | 'data' | 'dropped'> | undefined {
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#windowAtMs >= WINDOW_MS) {
      this.#windowAtMs = nowMs;
      this.#count = 0;
    }
    this.#count += 1;
    if (this.#count > this.#maxPerSecond) {
      this.#dropped += 1;
      return undefined;
    }
    const dropped = this.#dropped;
    this.#dropped = 0;
    const { level, logger, data } = message;
    return {
      level,
      ...(logger === undefined ? undefined : { logger: this.#scrub(logger.slice(0, MAX_LOGGER_LENGTH)) }),
      data: scrubValue(this.#scrub, data, LIMITS),
      ...(dropped === 0 ? undefined : { dropped }),
    };
  }
}
