/**
 * What a server is configured with: a union discriminated by `transport`, validated once, at the door (`server-schema.ts`
 * accepts exactly this). Configurations hold secrets (`env`, `headers`, URLs), so they live in a vault beside the
 * machines, never in them.
 */

import type { AuthConfig } from './auth-config.ts';
import type { HttpHeaders } from './http-headers.ts';
import type { ConnectFunction } from './in-process.ts';
import type { ProcessRecycleConfig, RecycleConfig, SupervisionConfig } from './supervision-config.ts';

/** How messages are moved: a child process, an HTTP+SSE endpoint, a Streamable HTTP endpoint, or within this process. */
export type TransportKind = ServerConfig['transport'];

/** A server that is a child process of ours. Source: MCP 2025-11-25, basic/transports, "stdio". */
export interface StdioServerConfig extends SupervisionConfig {
  /** Messages go over the pipes of the process. */
  readonly transport: 'stdio';
  /** The program, looked up in `PATH`. */
  readonly command: string;
  /** Its arguments, as they are: no shell reads them. Default: none. */
  readonly args?: readonly string[] | undefined;
  /** Added to the safe part of the host's environment; nothing else of it is passed on. No value of it is shown. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Working directory of the process. Default: that of this process. */
  readonly cwd?: string | undefined;
  /** When another process takes over from the present one, as in `replaceServer`. Default: never. */
  readonly recycle?: ProcessRecycleConfig | undefined;
  /** From end of stdin to SIGTERM, in milliseconds. Default `DEFAULTS.stdinGraceMs`. */
  readonly stdinGraceMs?: number | undefined;
  /** From SIGTERM to SIGKILL, in milliseconds. Default `DEFAULTS.termGraceMs`. */
  readonly termGraceMs?: number | undefined;
}

/** A server behind a URL. */
export interface HttpServerConfig extends SupervisionConfig {
  /** Where it is, `http:` or `https:`. What looks like a token in it is shown nowhere. */
  readonly url: string;
  /** Sent with every request of this server: always the same, or given anew for each. No value of them is shown. */
  readonly headers?: HttpHeaders | undefined;
  /** When another connection takes over from the present one, as in `replaceServer`. Default: never. */
  readonly recycle?: RecycleConfig | undefined;
  /** How this client is authorized (OAuth 2.1). Without it, only `headers` are sent. */
  readonly auth?: AuthConfig | undefined;
  /** Silence allowed on an open stream, in milliseconds. Default `DEFAULTS.sseReadTimeoutMs`. */
  readonly sseReadTimeoutMs?: number | undefined;
}

/** A server behind the HTTP+SSE transport of revision 2024-11-05. */
export interface SseServerConfig extends HttpServerConfig {
  /** Messages come in one stream, and are sent by a request each. */
  readonly transport: 'sse';
}

/** A server behind the Streamable HTTP transport. Source: MCP 2025-11-25, basic/transports, "Streamable HTTP". */
export interface StreamableHttpServerConfig extends HttpServerConfig {
  /** Left out, it is found out whether the server speaks this one or HTTP+SSE. */
  readonly transport: 'streamable_http';
  /** What to speak with a server that refuses Streamable HTTP; set where `transport` is left out of a configuration. */
  readonly fallback?: 'sse' | undefined;
  /** How long ending the session (DELETE) may take, in milliseconds. Default `DEFAULTS.terminateTimeoutMs`. */
  readonly terminateTimeoutMs?: number | undefined;
}

/** A server in this process, behind a transport that a function makes. */
export interface InProcessServerConfig extends SupervisionConfig {
  /** Messages are handed over within this process. */
  readonly transport: 'in_process';
  /** Makes the transport of one life of the connection, see `ConnectFunction`. */
  readonly connect: ConnectFunction;
  /** When another connection takes over from the present one, as in `replaceServer`. Default: never. */
  readonly recycle?: RecycleConfig | undefined;
}

/** A server behind a URL that may speak either HTTP transport: Streamable HTTP is tried first, and what was found is remembered. */
export interface UrlServerConfig extends Omit<StreamableHttpServerConfig, 'transport' | 'fallback'> {
  /** Found out. */
  readonly transport?: undefined;
}

/** What one server is configured with, before it is checked. */
export type ServerConfigInput = ServerConfig | UrlServerConfig;

/** What one server is configured with. */
export type ServerConfig = StdioServerConfig | SseServerConfig | StreamableHttpServerConfig | InProcessServerConfig;
