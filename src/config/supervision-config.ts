/** What every server can be told of how it is supervised, whatever it is reached by. */

import type { LimitsConfig } from './limits.ts';

/** When a connection that crashed (a defect, not a fault) is started again, as in Erlang/OTP. */
export type RestartType = 'permanent' | 'transient' | 'temporary';

/** A place that a server may work in. Source: MCP 2025-11-25, client/roots. */
export interface Root {
  /** A `file:` URI. */
  readonly uri: string;
  /** A name for people. */
  readonly name?: string | undefined;
}

/** How much a server logs, least severe first. Source: RFC 5424, section 6.2.1. */
export type LoggingLevel = 'debug' | 'info' | 'notice' | 'warning' | 'error' | 'critical' | 'alert' | 'emergency';

/** How long is waited before a lost connection is tried again. Durations in milliseconds, each at least 1. */
export interface BackoffConfig {
  /** First delay, before jitter. Default `DEFAULTS.backoffBaseMs`. */
  readonly baseMs?: number | undefined;
  /** Growth per attempt, 1 to 100. Default `DEFAULTS.backoffFactor`. */
  readonly factor?: number | undefined;
  /** Cap; jitter is drawn below it. Default `DEFAULTS.backoffMaxMs`. */
  readonly maxMs?: number | undefined;
}

/** When a silent server is asked for a sign of life, and when silence ends its epoch. Durations in milliseconds, each at least 1. */
export interface HeartbeatConfig {
  /** Silence after which a sign of life is asked for. Default `DEFAULTS.heartbeatIntervalMs`. */
  readonly intervalMs?: number | undefined;
  /** The same while a call waits for its reply. Default `DEFAULTS.heartbeatProbeAfterMs`, at most `intervalMs`. */
  readonly probeAfterMs?: number | undefined;
  /** How long a sign of life may take. Default `DEFAULTS.heartbeatTimeoutMs`. */
  readonly timeoutMs?: number | undefined;
  /** Misses in a row that end an idle epoch. Default `DEFAULTS.heartbeatMisses`. */
  readonly misses?: number | undefined;
  /** Misses in a row that end an epoch with calls under way. Default `misses`, else `DEFAULTS.heartbeatBusyMisses`. */
  readonly busyMisses?: number | undefined;
}

/** When another connection takes over from the present one, as in `replaceServer`. */
export interface RecycleConfig {
  /**
   * Age at which another connection takes over, in milliseconds: up to a quarter less, so that not all do at once, and at
   * least `parkedProbeMs`. Default: never.
   */
  readonly afterMs?: number | undefined;
  /** Open the new connection only when the present one is gone, see `replaceServer`. Default false. */
  readonly stopFirst?: boolean | undefined;
}

/** When another process takes over from the present one, as in `replaceServer`. */
export interface ProcessRecycleConfig extends RecycleConfig {
  /** Memory above which another one takes over, of all processes of the server, in bytes. Linux only. Default: no bound. */
  readonly aboveBytes?: number | undefined;
  /** How often that is looked at, in milliseconds. Default `DEFAULTS.recycleCheckMs`. */
  readonly checkEveryMs?: number | undefined;
}

/** How one server is supervised. Durations in milliseconds, each at least 1 and at most 24.8 days. */
export interface SupervisionConfig {
  /** Name of the server, unique in its supervisor: 1 to 128 visible characters. */
  readonly name: string;
  /** Names of the servers that must be ready before this one is started. Default: none. */
  readonly dependsOn?: readonly string[] | undefined;
  /** Who comes first when many are released at once, as after a loss of the network: the higher. Default 0. */
  readonly priority?: number | undefined;
  /** What follows a crash. Default `transient`. */
  readonly restart?: RestartType | undefined;
  /** Crashes cured by a restart within `withinMs`; one more parks the connection. Default `DEFAULTS.maxRestarts`. */
  readonly maxRestarts?: number | undefined;
  /** The window of `maxRestarts`. Default `DEFAULTS.withinMs`. */
  readonly withinMs?: number | undefined;
  /**
   * Which era the server speaks: `initialize` (revisions to 2025-11-25) or `discover` (2026-07-28 on). Default `auto`: the
   * server is asked once, within the process or over the connection that then serves, and the answer is remembered.
   */
  readonly protocol?: 'auto' | 'initialize' | 'discover' | undefined;
  /**
   * Bounds the whole of connecting and initializing, without what a process waits for others to have started (ADR 7). Default,
   * by transport, `DEFAULTS.stdioConnectTimeoutMs`,
   * `DEFAULTS.sseConnectTimeoutMs`, `DEFAULTS.streamableHttpConnectTimeoutMs`, `DEFAULTS.inProcessConnectTimeoutMs`.
   */
  readonly connectTimeoutMs?: number | undefined;
  /** Deadline of a call to this server, for one that names none. Default `DEFAULTS.callTimeoutMs`. */
  readonly callTimeoutMs?: number | undefined;
  /** Calls that may wait for this connection; one more fails with `QUEUE_FULL`. Default `DEFAULTS.maxQueued`. */
  readonly maxQueued?: number | undefined;
  /** Calls that may be under way at once; further ones wait in order. Default: no limit. */
  readonly maxConcurrent?: number | undefined;
  /**
   * Believe the server's `readOnlyHint` and `idempotentHint`: such calls are sent again when their outcome is unknown.
   * Default false.
   */
  readonly trusted?: boolean | undefined;
  /**
   * Check the structured result of a tool against the output schema that it declares; a call whose result breaks it fails
   * with `RESULT_INVALID`. Default true; `false` for a server whose results are of use though they break it.
   */
  readonly checkResults?: boolean | undefined;
  /** How long is waited before it is tried again. */
  readonly backoff?: BackoffConfig | undefined;
  /** When it is asked for a sign of life; `false`: never. */
  readonly heartbeat?: HeartbeatConfig | false | undefined;
  /** Time in `ready` that refunds the attempts. Default `DEFAULTS.stableAfterMs`. */
  readonly stableAfterMs?: number | undefined;
  /** Attempts without proven service, or lives lost lately, that park the connection. Default `DEFAULTS.parkAfterAttempts`. */
  readonly parkAfterAttempts?: number | undefined;
  /**
   * How often a parked connection is probed, on average; the same time in `ready` forgets one lost life. Default
   * `DEFAULTS.parkedProbeMs`.
   */
  readonly parkedProbeMs?: number | undefined;
  /**
   * How long the resources of one epoch may take to be released; raised to what the polite end of the transport may take,
   * and a second. Default `DEFAULTS.releaseTimeoutMs`.
   */
  readonly releaseTimeoutMs?: number | undefined;
  /** What the server may make this host do and hold. */
  readonly limits?: LimitsConfig | undefined;
  /** Where the server may work; it is told of them, also when they change (`setRoots`). Without the field it is not. */
  readonly roots?: readonly Root[] | undefined;
  /** How much the server is to log, in every epoch; see the event `log.received`. Without the field it decides itself. */
  readonly loggingLevel?: LoggingLevel | undefined;
}
