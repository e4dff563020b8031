/**
 * What a server may make this host do and hold, as one object of a configuration: a bound, and what a caller sees beyond
 * it. `docs/bounds.md` is generated from the comments of this interface.
 */

import { z } from 'zod';
import { MAX_TIMER_MS } from '../clock.ts';
import { DEFAULTS } from './defaults.ts';
import { MAX_COUNT, makeWholeNumber } from './quantity.ts';

/** The bounds on one server, resolved. */
export interface ServerLimits {
  /**
   * Bytes of one message: a line of stdio, a body, an event of a stream. In the same process messages are no bytes.
   * **Beyond** The call fails with `REPLY_INVALID`; on stdio and on a shared stream the epoch ends. Fault `message-too-large`.
   */
  readonly maxMessageBytes: number;
  /**
   * Values of one message: objects, arrays, elements and members. Reading costs by values, not by bytes.
   * **Beyond** On stdio, in the same process and on a shared stream the epoch ends, fault `flooded`. A reply of its own fails its call with `REPLY_INVALID`, fault
   * `malformed-message`.
   */
  readonly maxMessageValues: number;
  /**
   * Bytes of the status and headers of one HTTP answer, however many headers those are.
   * **Beyond** The request fails. Fault `unreachable` with `UND_ERR_HEADERS_OVERFLOW`.
   */
  readonly maxHeaderBytes: number;
  /**
   * Messages a second that nobody asked for: notifications, requests, replies to no request, lines and objects that are no message.
   * Those of one second may come at once.
   * **Beyond** The epoch ends. Fault `flooded`.
   */
  readonly maxMessagesPerSecond: number;
  /**
   * Requests of the server that are being answered at once; over HTTP each answer takes a socket of this host.
   * **Beyond** The epoch ends. Fault `flooded`. Where they are one reply, in the discover era, its call fails with `REPLY_INVALID`.
   */
  readonly maxServerRequests: number;
  /**
   * Streams (GET) a minute that the server makes us open, by ending them or by `retry: 0`.
   * **Beyond** The epoch ends. Fault `flooded`.
   */
  readonly maxStreamsPerMinute: number;
  /**
   * Pages of one list; a cursor that comes twice ends it too.
   * **Beyond** A first list of tools fails the epoch, a later one changes nothing; a list that was asked for fails with `REPLY_INVALID`. Fault `flooded`.
   */
  readonly maxPages: number;
  /**
   * Entries of one list (tools, prompts, resources, templates), over all pages.
   * **Beyond** A first list of tools fails the epoch, a later one changes nothing; a list that was asked for fails with `REPLY_INVALID`. Fault `flooded`.
   */
  readonly maxListEntries: number;
  /**
   * Bytes of all definitions of one list, over all pages.
   * **Beyond** A first list of tools fails the epoch, a later one changes nothing; a list that was asked for fails with `REPLY_INVALID`. Fault `flooded`.
   */
  readonly maxListBytes: number;
  /**
   * Bytes of one entry of a list, the schemas of a tool included, about as JSON.
   * **Beyond** That entry is left out, and the others are listed. Event `entries.rejected`.
   */
  readonly maxEntryBytes: number;
  /**
   * Levels to which one entry of a list is nested, or one question to the host; a `$ref` is never followed.
   * **Beyond** That entry is left out, and the others are listed, event `entries.rejected`. The question is answered with an error.
   */
  readonly maxEntryDepth: number;
  /**
   * Milliseconds for one whole list, all its pages together; the first is bounded by `connectTimeoutMs` too.
   * **Beyond** A first list fails the epoch, a later one changes nothing. Fault `timed-out`.
   */
  readonly listTimeoutMs: number;
  /**
   * Milliseconds from one list to the next, however often the server says that it changed.
   * **Beyond** What was said meanwhile is answered by one list.
   */
  readonly refreshPauseMs: number;
  /**
   * Milliseconds from one `resource.updated` of a resource to the next, however often the server says that it changed.
   * **Beyond** What was said meanwhile is told by one event.
   */
  readonly updatePauseMs: number;
  /**
   * Bytes of a subscribed resource that is compared to what it was before a gap.
   * **Beyond** It counts as changed. Event `resource.updated` with `missed`.
   */
  readonly maxComparedBytes: number;
  /**
   * Bytes of what was read of resources and may be believed for a while, as the server says; kept for one epoch.
   * **Beyond** What was not read again for longest is forgotten.
   */
  readonly maxCachedBytes: number;
  /**
   * Log messages a second that are made known, each with at most 8 192 characters.
   * **Beyond** They are dropped; the next `log.received` says how many.
   */
  readonly maxLogsPerSecond: number;
  /**
   * Questions of the server that wait for a person at once.
   * **Beyond** They are answered with `cancel`. Event `elicitation.failed`.
   */
  readonly maxElicitations: number;
  /**
   * Milliseconds that it may take to read the output schema of a tool, and to check one result against it. Nothing else
   * runs meanwhile; after three overruns in a row the results of that definition are not checked any more.
   * **Beyond** The result is passed on unchecked. Event `result.unchecked`.
   */
  readonly checkTimeoutMs: number;
  /**
   * Questions a minute that the server may ask a person.
   * **Beyond** They are answered with `cancel`. Event `elicitation.failed`.
   */
  readonly maxElicitationsPerMinute: number;
  /**
   * Requests of the server that wait for the model of the host at once.
   * **Beyond** They are answered with an error. Event `sampling.failed`.
   */
  readonly maxSamplings: number;
  /**
   * Requests a minute that the server may have the model of the host answer, those of all its calls together.
   * **Beyond** They are answered with an error. Event `sampling.failed`.
   */
  readonly maxSamplingsPerMinute: number;
  /**
   * Tokens that one answer of the model of the host may have, whatever the server asks for.
   * **Beyond** The handler is given this bound as `maxTokens`.
   */
  readonly maxSamplingTokens: number;
  /**
   * Milliseconds that a server may ask us to wait, by `Retry-After` or by the `retry` of a stream.
   * **Beyond** It is asked again after this long.
   */
  readonly retryAfterMaxMs: number;
  /**
   * stdio: bytes that wait for the server to read them.
   * **Beyond** The call fails at once with `CONNECTION_LOST`, not sent. Fault `write-stalled`.
   */
  readonly maxQueuedBytes: number;
  /**
   * stdio: milliseconds that one write waits for the server to read.
   * **Beyond** The epoch ends. Fault `write-stalled`.
   */
  readonly writeTimeoutMs: number;
  /**
   * stdio: last lines of stderr that are kept, at most 1 000 characters of each. All of it is read, always.
   * **Beyond** Older lines are forgotten.
   */
  readonly stderrTailLines: number;
}

/** The bounds on one server, where they are not to be the default. Each is at least 1; `docs/bounds.md` shows all. */
export type LimitsConfig = { readonly [Limit in keyof ServerLimits]?: ServerLimits[Limit] | undefined };

/** The highest value of each; the lowest is 1. */
const HIGHEST: Readonly<Record<keyof ServerLimits, number>> = {
  maxMessageBytes: MAX_COUNT,
  maxMessageValues: MAX_COUNT,
  maxHeaderBytes: MAX_COUNT,
  maxMessagesPerSecond: MAX_COUNT,
  maxServerRequests: MAX_COUNT,
  maxStreamsPerMinute: MAX_COUNT,
  maxPages: MAX_COUNT,
  maxListEntries: MAX_COUNT,
  maxListBytes: MAX_COUNT,
  maxEntryBytes: MAX_COUNT,
  maxEntryDepth: 1_000,
  listTimeoutMs: MAX_TIMER_MS,
  refreshPauseMs: MAX_TIMER_MS,
  updatePauseMs: MAX_TIMER_MS,
  maxComparedBytes: MAX_COUNT,
  maxCachedBytes: MAX_COUNT,
  maxLogsPerSecond: MAX_COUNT,
  maxElicitations: MAX_COUNT,
  checkTimeoutMs: MAX_TIMER_MS,
  maxElicitationsPerMinute: MAX_COUNT,
  maxSamplings: MAX_COUNT,
  maxSamplingsPerMinute: MAX_COUNT,
  maxSamplingTokens: MAX_COUNT,
  retryAfterMaxMs: MAX_TIMER_MS,
  maxQueuedBytes: MAX_COUNT,
  writeTimeoutMs: MAX_TIMER_MS,
  stderrTailLines: 10_000,
};

const NAMES = Object.keys(HIGHEST) as (keyof ServerLimits)[];

/** Make what accepts the limits of a configuration, each of which may be left out. */
export function makeLimitsSchema() {
  const shape = Object.fromEntries(NAMES.map((name) => [name, makeWholeNumber(HIGHEST[name])]));
  return z.strictObject(shape as Record<keyof ServerLimits, z.ZodNumber>).partial();
}

/** One for all servers without limits of their own. */
const DEFAULT_LIMITS = resolved({});

/** Resolve the limits of a configuration against the defaults. */
export function limitsOf(config: { readonly limits?: LimitsConfig | undefined }): ServerLimits {
  return config.limits === undefined ? DEFAULT_LIMITS : resolved(config.limits);
}

function resolved(limits: { readonly [N in keyof ServerLimits]?: ServerLimits[N] | undefined }): ServerLimits {
  const entries = NAMES.map((name) => [name, limits[name] ?? DEFAULTS[name]]);
  return Object.freeze(Object.fromEntries(entries) as { [N in keyof ServerLimits]: number });
}
