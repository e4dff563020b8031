/**
 * What a configuration of a server must look like. Made when the first one is checked: whoever imports the library has no
 * use for it yet.
 */

import { z } from 'zod';
import { once } from '../once.ts';
import { authConfigSchema } from './auth-config.ts';
import { type HeadersFunction, headersSchema } from './http-headers.ts';
import type { ConnectFunction } from './in-process.ts';
import { makeLimitsSchema } from './limits.ts';
import { makeCount, makeDurationMs } from './quantity.ts';

/** How much a server logs, least severe first. Source: RFC 5424, section 6.2.1. */
const LOGGING_LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;

function makeSchemas() {
  const durationMs = makeDurationMs();
  const count = makeCount();
  const backoffSchema = z
    .strictObject({
      /** First delay, before jitter, in milliseconds. */
      baseMs: durationMs,
      /** Growth per attempt, at least 1. */
      factor: z.number().min(1).max(100),
      /** Cap, in milliseconds; jitter is drawn below it. */
      maxMs: durationMs,
    })
    .partial();

  const heartbeatSchema = z.union([
    z.literal(false),
    z
      .strictObject({
        /** Silence after which a sign of life is asked for, in milliseconds. */
        intervalMs: durationMs,
        /** The same while a call waits for its reply, in milliseconds. Default 5 000, at most `intervalMs`. */
        probeAfterMs: durationMs,
        /** How long a sign of life may take, in milliseconds. */
        timeoutMs: durationMs,
        /** Misses in a row that end an idle epoch. */
        misses: count,
        /** Misses in a row that end an epoch with calls under way. */
        busyMisses: count,
      })
      .partial(),
  ]);

  /** A place that a server may work in. */
  const rootSchema = z.strictObject({
    /** A `file:` URI. */
    uri: z.string().refine((value) => value.startsWith('file://') && URL.canParse(value), 'must be a file:// URI'),
    /** A name for people. */
    name: z.string().optional(),
  });

  /** Accepts what is declared for the session of a server, in its configuration or later. */
  const declarations = { roots: z.array(rootSchema), loggingLevel: z.enum(LOGGING_LEVELS) };

  const recycling = {
    /**
     * Age at which another connection takes over, in milliseconds: up to a quarter less, so that not all do at once, and
     * at least `parkedProbeMs`.
     */
    afterMs: durationMs.optional(),
    /** Open the new connection only when the present one is gone, see `replaceServer`. */
    stopFirst: z.boolean().optional(),
  };

  const supervision = {
    /** Name of the server, unique in its supervisor: 1 to 128 visible characters. */
    name: z.string().regex(/^[^\s\p{C}](?:[^\p{C}]{0,126}[^\s\p{C}])?$/u, 'must be 1 to 128 visible characters'),
    /** Names of the servers that must be ready before this one is started. */
    dependsOn: z.array(z.string().min(1)).optional(),
    /** Who comes first when many are released at once, as after a loss of the network: the higher. Default 0. */
    priority: z.number().int().min(-1_000_000).max(1_000_000).optional(),
    /** What follows a crash. Default `transient`. */
    restart: z.enum(['permanent', 'transient', 'temporary']).optional(),
    /** Crashes cured by a restart within `withinMs`; one more parks the connection. */
    maxRestarts: z.number().int().min(0).max(1_000).optional(),
    withinMs: durationMs.optional(),
    /**
     * Which era the server speaks: `initialize` (revisions to 2025-11-25) or `discover` (2026-07-28 on). Default `auto`:
     * the server is asked once, within the process or over the connection that then serves, and the answer is remembered.
     */
    protocol: z.enum(['auto', 'initialize', 'discover']).optional(),
    /** Bounds the whole of connecting and initializing. */
    connectTimeoutMs: durationMs.optional(),
    /** Default deadline of a call to this server. */
    callTimeoutMs: durationMs.optional(),
    /** Calls that may wait for this connection. */
    maxQueued: z.number().int().min(0).max(1_000_000).optional(),
    /** Calls that may be under way at once; further ones wait in order. Default: no limit. */
    maxConcurrent: count.optional(),
    /** Believe the server's `readOnlyHint` and `idempotentHint`: such calls are sent again when their outcome is unknown. */
    trusted: z.boolean().optional(),
    /**
     * Check the structured result of a tool against the output schema that it declares; a call whose result breaks it fails
     * with `RESULT_INVALID`. Default true; `false` for a server whose results are of use though they break it.
     */
    checkResults: z.boolean().optional(),
    backoff: backoffSchema.optional(),
    heartbeat: heartbeatSchema.optional(),
    /** Time in `ready` that refunds the attempts. */
    stableAfterMs: durationMs.optional(),
    /** Attempts without proven service, or lives lost lately, that park the connection. */
    parkAfterAttempts: count.optional(),
    /** How often a parked connection is probed, on average; the same time in `ready` forgets one lost life. */
    parkedProbeMs: durationMs.optional(),
    /** How long the resources of one epoch may take to be released. */
    releaseTimeoutMs: durationMs.optional(),
    /** What the server may make this host do and hold. */
    limits: makeLimitsSchema().optional(),
    /** Where the server may work; it is told of them, also when they change (`setRoots`). Without the field it is not. */
    roots: declarations.roots.optional(),
    /** How much the server is to log, in every epoch; see the event `log.received`. Without the field it decides itself. */
    loggingLevel: declarations.loggingLevel.optional(),
  };

  const text = z.string().refine((value) => !value.includes('\0'), 'must not contain a NUL character');

  const stdioSchema = z.strictObject({
    ...supervision,
    transport: z.literal('stdio'),
    /** The program, looked up in `PATH`. */
    command: text.min(1, 'must not be empty'),
    args: z.array(text).optional(),
    /** Added to the safe part of the host's environment; nothing else of it is passed on. */
    env: z.record(z.string().regex(/^[^=\0]+$/, 'must not be empty or contain = or NUL'), text).optional(),
    /** Working directory of the process. */
    cwd: text.optional(),
    /** When another process takes over from the present one, as in `replaceServer`. Default: never. */
    recycle: z
      .strictObject({
        ...recycling,
        /** Memory above which another one takes over, of all processes of the server, in bytes. Linux only. */
        aboveBytes: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
        /** How often that is looked at, in milliseconds. */
        checkEveryMs: durationMs.optional(),
      })
      .optional(),
    /** From end of stdin to SIGTERM. */
    stdinGraceMs: durationMs.optional(),
    /** From SIGTERM to SIGKILL. */
    termGraceMs: durationMs.optional(),
  });

  const httpUrl = z.string().refine((value) => {
    if (!URL.canParse(value)) return false;
    const url = new URL(value);
    return url.protocol === 'http:' || url.protocol === 'https:';
  }, 'must be an http or https URL');

  const headers = z.union([
    headersSchema(),
    z.custom<HeadersFunction>((value) => typeof value === 'function', 'must be an object or a function'),
  ]);

  const http = {
    url: httpUrl,
    /** Sent with every request of this server. */
    headers: headers.optional(),
    /** When another connection takes over from the present one, as in `replaceServer`. Default: never. */
    recycle: z.strictObject(recycling).optional(),
    /** How this client is authorized (OAuth 2.1). Without it, only `headers` are sent. */
    auth: authConfigSchema.optional(),
    /** Silence allowed on an open stream. */
    sseReadTimeoutMs: durationMs.optional(),
  };

  const sseSchema = z.strictObject({ ...supervision, transport: z.literal('sse'), ...http });

  const streamableHttpSchema = z.strictObject({
    ...supervision,
    transport: z.literal('streamable_http'),
    ...http,
    /** What to speak with a server that refuses Streamable HTTP; set where `transport` is left out of a configuration. */
    fallback: z.literal('sse').optional(),
    /** How long ending the session (DELETE) may take. */
    terminateTimeoutMs: durationMs.optional(),
  });

  const inProcessSchema = z.strictObject({
    ...supervision,
    transport: z.literal('in_process'),
    /** Makes the transport of one life of the connection, see `ConnectFunction`. */
    connect: z.custom<ConnectFunction>(
      (value) => typeof value === 'function',
      'must be a function that gives a transport',
    ),
    /** When another connection takes over from the present one, as in `replaceServer`. Default: never. */
    recycle: z.strictObject(recycling).optional(),
  });

  /** Accepts exactly a valid `ServerConfig`. */
  const server = z.discriminatedUnion('transport', [stdioSchema, sseSchema, streamableHttpSchema, inProcessSchema]);
  return {
    server,
    root: rootSchema,
    declarations,
    /** By transport. */
    transports: {
      stdio: stdioSchema,
      sse: sseSchema,
      streamable_http: streamableHttpSchema,
      in_process: inProcessSchema,
    },
  };
}

/** What is accepted: of a server, and of what is declared for its session. */
export type ConfigSchemas = ReturnType<typeof makeSchemas>;

/** Make the schemas, or take those that were made. */
export const configSchemas: () => ConfigSchemas = once(makeSchemas);
