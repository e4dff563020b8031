/**
 * What a server is configured with: a union discriminated by `transport`, validated once, at the door.
 * Configurations hold secrets (`env`, `headers`, URLs), so they live in a vault beside the machines, never
 * in them.
 */

import { z } from 'zod';
import { authConfigSchema } from './auth-config.ts';
import type { ConnectFunction } from './in-process.ts';
import { limitsSchema } from './limits.ts';
import { count, durationMs } from './quantity.ts';

/** When a connection that crashed (a defect, not a fault) is started again, as in Erlang/OTP. */
export type RestartType = 'permanent' | 'transient' | 'temporary';

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

/** How much a server logs, least severe first. Source: RFC 5424, section 6.2.1. */
const LOGGING_LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;

/** Accepts what is declared for the session of a server, in its configuration or later. */
export const declarationSchemas = { roots: z.array(rootSchema), loggingLevel: z.enum(LOGGING_LEVELS) };

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
  limits: limitsSchema.optional(),
  /** Where the server may work; it is told of them, also when they change (`setRoots`). Without the field it is not. */
  roots: declarationSchemas.roots.optional(),
  /** How much the server is to log, in every epoch; see the event `log.received`. Without the field it decides itself. */
  loggingLevel: declarationSchemas.loggingLevel.optional(),
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

/** Accepts headers by name. */
export const headersSchema = z.record(
  z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, 'must be a valid header name'),
  // Narrower than what HTTP parsers let pass: anything else makes `fetch` throw, and its message quotes the value.
  z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be one line of Latin-1 characters'),
);

/** What a function that gives headers is told. */
export interface HeadersContext {
  /** The name of the server. */
  readonly server: string;
  /** Aborted when nobody waits for the headers any more: they took too long, or the connection is released. */
  readonly signal: AbortSignal;
}

/**
 * Gives the headers of one request, for credentials that rotate. Called for every request, so it should remember what
 * it has.
 *
 * **Bounds** it has 10 s. **Errors** one that throws, takes longer or gives what cannot be sent fails the request with
 * the fault `headers-unavailable`; what it threw is seen by nobody.
 */
export type HeadersFunction = (
  context: HeadersContext,
) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;

/** Headers of every request: always the same, or given anew for each. */
export type HttpHeaders = Readonly<Record<string, string>> | HeadersFunction;

const headers = z.union([
  headersSchema,
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
export const serverConfigSchema = z.discriminatedUnion('transport', [
  stdioSchema,
  sseSchema,
  streamableHttpSchema,
  inProcessSchema,
]);

/** The names of all fields each transport knows, for errors that name a wrong one. */
export const SERVER_CONFIG_FIELDS: Readonly<Record<TransportKind, readonly string[]>> = {
  stdio: Object.keys(stdioSchema.shape),
  sse: Object.keys(sseSchema.shape),
  streamable_http: Object.keys(streamableHttpSchema.shape),
  in_process: Object.keys(inProcessSchema.shape),
};

/** How messages are moved: a child process, an HTTP+SSE endpoint, a Streamable HTTP endpoint, or within this process. */
export type TransportKind = 'stdio' | 'sse' | 'streamable_http' | 'in_process';
/** A server that is a child process of ours. */
export type StdioServerConfig = z.infer<typeof stdioSchema>;
/** A server behind the HTTP+SSE transport of revision 2024-11-05. */
export type SseServerConfig = z.infer<typeof sseSchema>;
/** A server behind the Streamable HTTP transport. */
export type StreamableHttpServerConfig = z.infer<typeof streamableHttpSchema>;
/** A server in this process, behind a transport that a function makes. */
export type InProcessServerConfig = z.infer<typeof inProcessSchema>;
/** A server behind a URL that may speak either HTTP transport: Streamable HTTP is tried first, and what was found is remembered. */
export type UrlServerConfig = Omit<StreamableHttpServerConfig, 'transport' | 'fallback'> & { transport?: undefined };
/** A place that a server may work in: a `file:` URI and a name for people. */
export type Root = z.infer<typeof rootSchema>;
/** How much a server logs. */
export type LoggingLevel = (typeof LOGGING_LEVELS)[number];
/** What one server is configured with, before it is checked. */
export type ServerConfigInput = ServerConfig | UrlServerConfig;
/** What one server is configured with. */
export type ServerConfig = StdioServerConfig | SseServerConfig | StreamableHttpServerConfig | InProcessServerConfig;
