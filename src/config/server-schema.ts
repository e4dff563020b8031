/**
 * What a configuration of a server must look like. Made when the first one is checked: whoever imports the library has no
 * use for it yet.
 */

import { z } from 'zod';
import { once } from '../once.ts';
import { authConfigSchema } from './auth-schema.ts';
import { type HeadersFunction, headersSchema } from './http-headers.ts';
import type { ConnectFunction } from './in-process.ts';
import { makeLimitsSchema } from './limits.ts';
import { makeCount, makeDurationMs } from './quantity.ts';

const LOGGING_LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;

function makeSchemas() {
  const durationMs = makeDurationMs();
  const count = makeCount();
  const backoffSchema = z
    .strictObject({
      baseMs: durationMs,
      factor: z.number().min(1).max(100),
      maxMs: durationMs,
    })
    .partial();

  const heartbeatSchema = z.union([
    z.literal(false),
    z
      .strictObject({
        intervalMs: durationMs,
        probeAfterMs: durationMs,
        timeoutMs: durationMs,
        misses: count,
        busyMisses: count,
      })
      .partial(),
  ]);

  const rootSchema = z.strictObject({
    uri: z.string().refine((value) => value.startsWith('file://') && URL.canParse(value), 'must be a file:// URI'),
    name: z.string().optional(),
  });

  /** Accepts what is declared for the session of a server, in its configuration or later. */
  const declarations = { roots: z.array(rootSchema), loggingLevel: z.enum(LOGGING_LEVELS) };

  const recycling = {
    afterMs: durationMs.optional(),
    stopFirst: z.boolean().optional(),
  };

  const supervision = {
    name: z.string().regex(/^[^\s\p{C}](?:[^\p{C}]{0,126}[^\s\p{C}])?$/u, 'must be 1 to 128 visible characters'),
    dependsOn: z.array(z.string().min(1)).optional(),
    priority: z.number().int().min(-1_000_000).max(1_000_000).optional(),
    restart: z.enum(['permanent', 'transient', 'temporary']).optional(),
    maxRestarts: z.number().int().min(0).max(1_000).optional(),
    withinMs: durationMs.optional(),
    protocol: z.enum(['auto', 'initialize', 'discover']).optional(),
    connectTimeoutMs: durationMs.optional(),
    callTimeoutMs: durationMs.optional(),
    maxQueued: z.number().int().min(0).max(1_000_000).optional(),
    maxConcurrent: count.optional(),
    trusted: z.boolean().optional(),
    checkResults: z.boolean().optional(),
    backoff: backoffSchema.optional(),
    heartbeat: heartbeatSchema.optional(),
    stableAfterMs: durationMs.optional(),
    parkAfterAttempts: count.optional(),
    parkedProbeMs: durationMs.optional(),
    releaseTimeoutMs: durationMs.optional(),
    limits: makeLimitsSchema().optional(),
    roots: declarations.roots.optional(),
    loggingLevel: declarations.loggingLevel.optional(),
  };

  const text = z.string().refine((value) => !value.includes('\0'), 'must not contain a NUL character');

  const stdioSchema = z.strictObject({
    ...supervision,
    transport: z.literal('stdio'),
    command: text.min(1, 'must not be empty'),
    args: z.array(text).optional(),
    env: z.record(z.string().regex(/^[^=\0]+$/, 'must not be empty or contain = or NUL'), text).optional(),
    cwd: text.optional(),
    recycle: z
      .strictObject({
        ...recycling,
        aboveBytes: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
        checkEveryMs: durationMs.optional(),
      })
      .optional(),
    stdinGraceMs: durationMs.optional(),
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
    headers: headers.optional(),
    recycle: z.strictObject(recycling).optional(),
    auth: authConfigSchema.optional(),
    sseReadTimeoutMs: durationMs.optional(),
  };

  const sseSchema = z.strictObject({ ...supervision, transport: z.literal('sse'), ...http });

  const streamableHttpSchema = z.strictObject({
    ...supervision,
    transport: z.literal('streamable_http'),
    ...http,
    fallback: z.literal('sse').optional(),
    terminateTimeoutMs: durationMs.optional(),
  });

  const inProcessSchema = z.strictObject({
    ...supervision,
    transport: z.literal('in_process'),
    connect: z.custom<ConnectFunction>(
      (value) => typeof value === 'function',
      'must be a function that gives a transport',
    ),
    recycle: z.strictObject(recycling).optional(),
  });

  /** Accepts exactly a valid `ServerConfig`. */
  const server = z.discriminatedUnion('transport', [stdioSchema, sseSchema, streamableHttpSchema, inProcessSchema]);
  return {
    server,
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

/** What is accepted: of a server, and of what is declared for its session. What comes out is held to be the documented types. */
export type ConfigSchemas = ReturnType<typeof makeSchemas>;

/** Make the schemas, or take those that were made. */
export const configSchemas: () => ConfigSchemas = once(makeSchemas);
