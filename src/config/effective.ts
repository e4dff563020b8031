/**
 * A configuration with every number resolved: what the user set, else the default of the transport. The result
 * enters state machines, so it is plain data and holds no command, no URL and no secret.
 */

import type { BackoffPolicy } from '../policy/backoff.ts';
import { DEFAULTS, type Defaults } from './defaults.ts';
import type { RestartType, ServerConfig } from './server-config.ts';

/** What the supervisor and the machines need to know of a server, in full. Durations in milliseconds. */
export interface SupervisionPlan {
  readonly name: string;
  readonly dependsOn: readonly string[];
  readonly restart: RestartType;
  readonly maxRestarts: number;
  readonly withinMs: number;
  readonly connectTimeoutMs: number;
  readonly callTimeoutMs: number;
  readonly maxQueued: number;
  readonly backoff: BackoffPolicy;
  readonly heartbeat: HeartbeatPlan | false;
  readonly stableAfterMs: number;
  readonly parkedProbeMs: number;
  readonly releaseTimeoutMs: number;
}

/** When a silent server is asked for a sign of life, and when silence ends the epoch. */
export interface HeartbeatPlan {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly misses: number;
}

/** Longest delay a timer can hold. */
const MAX_TIMER_MS = 2_147_483_647;

/** What releasing takes beside the waits that are configured: killing, closing sockets, reporting. */
const RELEASE_MARGIN_MS = 1_000;

/**
 * Resolve a configuration against the defaults.
 *
 * **Bounds** `releaseTimeoutMs` is raised to what the polite end may take (both graces of stdio, or the DELETE of a
 * session) plus a second: a shorter one would cut that end off every time.
 */
export function effectiveConfig(config: ServerConfig, defaults: Defaults = DEFAULTS): SupervisionPlan {
  const baseMs = config.backoff?.baseMs ?? defaults.backoffBaseMs;
  return {
    name: config.name,
    dependsOn: [...(config.dependsOn ?? [])],
    restart: config.restart ?? 'transient',
    maxRestarts: config.maxRestarts ?? defaults.maxRestarts,
    withinMs: config.withinMs ?? defaults.withinMs,
    connectTimeoutMs: config.connectTimeoutMs ?? connectTimeoutMs(config, defaults),
    callTimeoutMs: config.callTimeoutMs ?? defaults.callTimeoutMs,
    maxQueued: config.maxQueued ?? defaults.maxQueued,
    backoff: {
      baseMs,
      factor: config.backoff?.factor ?? defaults.backoffFactor,
      // A host may hand in a base above the cap of its own defaults; the cap gives way.
      maxMs: Math.max(baseMs, config.backoff?.maxMs ?? defaults.backoffMaxMs),
    },
    heartbeat: heartbeat(config, defaults),
    stableAfterMs: config.stableAfterMs ?? defaults.stableAfterMs,
    parkedProbeMs: config.parkedProbeMs ?? defaults.parkedProbeMs,
    releaseTimeoutMs: releaseTimeoutMs(config, defaults),
  };
}

function connectTimeoutMs(config: ServerConfig, defaults: Defaults): number {
  switch (config.transport) {
    case 'stdio':
      return defaults.stdioConnectTimeoutMs;
    case 'sse':
      return defaults.sseConnectTimeoutMs;
    case 'streamable_http':
      return defaults.streamableHttpConnectTimeoutMs;
  }
}

function heartbeat(config: ServerConfig, defaults: Defaults): HeartbeatPlan | false {
  if (config.heartbeat === false) return false;
  return {
    intervalMs: config.heartbeat?.intervalMs ?? defaults.heartbeatIntervalMs,
    timeoutMs: config.heartbeat?.timeoutMs ?? defaults.heartbeatTimeoutMs,
    misses: config.heartbeat?.misses ?? defaults.heartbeatMisses,
  };
}

function releaseTimeoutMs(config: ServerConfig, defaults: Defaults): number {
  const politeMs = politeEndMs(config, defaults) + RELEASE_MARGIN_MS;
  return Math.min(MAX_TIMER_MS, Math.max(politeMs, config.releaseTimeoutMs ?? defaults.releaseTimeoutMs));
}

function politeEndMs(config: ServerConfig, defaults: Defaults): number {
  switch (config.transport) {
    case 'stdio':
      return (config.stdinGraceMs ?? defaults.stdinGraceMs) + (config.termGraceMs ?? defaults.termGraceMs);
    case 'sse':
      return 0;
    case 'streamable_http':
      return config.terminateTimeoutMs ?? defaults.terminateTimeoutMs;
  }
}
