/**
 * A configuration with every number resolved: what the user set, else the default of the transport. The result
 * enters state machines, so it is plain data and holds no command, no URL and no secret.
 */

import { MAX_TIMER_MS } from '../clock.ts';
import { DEFAULTS } from './defaults.ts';
import { limitsOf, type ServerLimits } from './limits.ts';
import { needsNoNetwork } from './loopback.ts';
import type { ServerConfig } from './server-config.ts';
import type { RestartType } from './supervision-config.ts';

/** What the supervisor and the machines need to know of a server, in full. Durations in milliseconds. */
export interface SupervisionPlan {
  readonly name: string;
  readonly dependsOn: readonly string[];
  /** Who is released first when the world comes back: the higher. */
  readonly priority: number;
  /** It is reached over a network, which may be lost. */
  readonly remote: boolean;
  readonly recycle?: RecyclePlan | undefined;
  readonly restart: RestartType;
  readonly maxRestarts: number;
  readonly withinMs: number;
  readonly connectTimeoutMs: number;
  readonly callTimeoutMs: number;
  readonly maxQueued: number;
  /** Calls under way at once; `Infinity` is no limit. */
  readonly maxConcurrent: number;
  readonly trusted: boolean;
  readonly checkResults: boolean;
  readonly backoff: BackoffPolicy;
  readonly heartbeat: HeartbeatPlan | false;
  readonly stableAfterMs: number;
  readonly parkAfterAttempts: number;
  readonly parkedProbeMs: number;
  readonly releaseTimeoutMs: number;
  readonly limits: ServerLimits;
}

/** When another connection takes over from one that is worn. */
export interface RecyclePlan {
  readonly afterMs: number | undefined;
  readonly aboveBytes: number | undefined;
  readonly checkEveryMs: number;
  /** How long a connection lives at least, and how soon it is tried again where none could take over. */
  readonly retryMs: number;
  readonly stopFirst: boolean;
  readonly drainMs: number;
}

/** Growth of a delay, in milliseconds. */
export interface BackoffPolicy {
  /** First delay, before jitter. */
  readonly baseMs: number;
  /** Growth per attempt, at least 1. */
  readonly factor: number;
  /** Cap; jitter is drawn below it. */
  readonly maxMs: number;
  /** Longest `Retry-After` that is obeyed. */
  readonly retryAfterMaxMs: number;
}

/** When a silent server is asked for a sign of life, and when silence ends the epoch. */
export interface HeartbeatPlan {
  /** Silence after which a sign of life is asked for … */
  readonly intervalMs: number;
  /** … and while a call waits for its reply. */
  readonly probeAfterMs: number;
  readonly timeoutMs: number;
  /** Misses in a row that end the epoch … */
  readonly misses: number;
  /** … and while a call waits for its reply. */
  readonly busyMisses: number;
}

/** What releasing takes beside the waits that are configured: killing, closing sockets, reporting. */
const RELEASE_MARGIN_MS = 1_000;

/**
 * Resolve a configuration against the defaults.
 *
 * **Bounds** `releaseTimeoutMs` is raised to what the polite end may take (both graces of stdio, or the DELETE of a
 * session) plus a second: a shorter one would cut that end off every time.
 */
export function effectiveConfig(config: ServerConfig): SupervisionPlan {
  const limits = limitsOf(config);
  return {
    name: config.name,
    dependsOn: [...(config.dependsOn ?? [])],
    priority: config.priority ?? 0,
    recycle: recycle(config),
    remote: 'url' in config && !needsNoNetwork(new URL(config.url)),
    restart: config.restart ?? 'transient',
    maxRestarts: config.maxRestarts ?? DEFAULTS.maxRestarts,
    withinMs: config.withinMs ?? DEFAULTS.withinMs,
    connectTimeoutMs: config.connectTimeoutMs ?? connectTimeoutMs(config),
    callTimeoutMs: config.callTimeoutMs ?? DEFAULTS.callTimeoutMs,
    maxQueued: config.maxQueued ?? DEFAULTS.maxQueued,
    maxConcurrent: config.maxConcurrent ?? Number.POSITIVE_INFINITY,
    trusted: config.trusted ?? false,
    checkResults: config.checkResults ?? true,
    backoff: {
      baseMs: config.backoff?.baseMs ?? DEFAULTS.backoffBaseMs,
      factor: config.backoff?.factor ?? DEFAULTS.backoffFactor,
      maxMs: config.backoff?.maxMs ?? DEFAULTS.backoffMaxMs,
      retryAfterMaxMs: limits.retryAfterMaxMs,
    },
    heartbeat: heartbeat(config),
    stableAfterMs: config.stableAfterMs ?? DEFAULTS.stableAfterMs,
    parkAfterAttempts: config.parkAfterAttempts ?? DEFAULTS.parkAfterAttempts,
    parkedProbeMs: config.parkedProbeMs ?? DEFAULTS.parkedProbeMs,
    releaseTimeoutMs: releaseTimeoutMs(config),
    limits,
  };
}

function recycle({ recycle: wanted, parkedProbeMs }: ServerConfig): RecyclePlan | undefined {
  if (wanted === undefined) return undefined;
  const memory = 'aboveBytes' in wanted || 'checkEveryMs' in wanted ? wanted : undefined;
  return {
    afterMs: wanted.afterMs,
    aboveBytes: memory?.aboveBytes,
    checkEveryMs: memory?.checkEveryMs ?? DEFAULTS.recycleCheckMs,
    retryMs: parkedProbeMs ?? DEFAULTS.parkedProbeMs,
    stopFirst: wanted.stopFirst ?? false,
    drainMs: DEFAULTS.drainTimeoutMs,
  };
}

function connectTimeoutMs(config: ServerConfig): number {
  switch (config.transport) {
    case 'stdio':
      return DEFAULTS.stdioConnectTimeoutMs;
    case 'sse':
      return DEFAULTS.sseConnectTimeoutMs;
    case 'streamable_http':
      return DEFAULTS.streamableHttpConnectTimeoutMs;
    case 'in_process':
      return DEFAULTS.inProcessConnectTimeoutMs;
  }
}

function heartbeat(config: ServerConfig): HeartbeatPlan | false {
  if (config.heartbeat === false) return false;
  const intervalMs = config.heartbeat?.intervalMs ?? DEFAULTS.heartbeatIntervalMs;
  return {
    intervalMs,
    probeAfterMs: config.heartbeat?.probeAfterMs ?? Math.min(intervalMs, DEFAULTS.heartbeatProbeAfterMs),
    timeoutMs: config.heartbeat?.timeoutMs ?? DEFAULTS.heartbeatTimeoutMs,
    misses: config.heartbeat?.misses ?? DEFAULTS.heartbeatMisses,
    busyMisses: config.heartbeat?.busyMisses ?? config.heartbeat?.misses ?? DEFAULTS.heartbeatBusyMisses,
  };
}

function releaseTimeoutMs(config: ServerConfig): number {
  const politeMs = politeEndMs(config) + RELEASE_MARGIN_MS;
  return Math.min(MAX_TIMER_MS, Math.max(politeMs, config.releaseTimeoutMs ?? DEFAULTS.releaseTimeoutMs));
}

function politeEndMs(config: ServerConfig): number {
  switch (config.transport) {
    case 'stdio':
      return (config.stdinGraceMs ?? DEFAULTS.stdinGraceMs) + (config.termGraceMs ?? DEFAULTS.termGraceMs);
    case 'sse':
    case 'in_process':
      return 0;
    case 'streamable_http':
      return config.terminateTimeoutMs ?? DEFAULTS.terminateTimeoutMs;
  }
}
