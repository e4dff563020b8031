/**
 * What a server is configured with: a union discriminated by `transport`, validated once, at the door.
 * Configurations hold secrets (`env`, `headers`, URLs), so they live in a vault beside the machines, never
 * in them.
 */

import type { z } from 'zod';
import type { ConfigSchemas } from './server-schema.ts';

/** When a connection that crashed (a defect, not a fault) is started again, as in Erlang/OTP. */
export type RestartType = 'permanent' | 'transient' | 'temporary';

/** How messages are moved: a child process, an HTTP+SSE endpoint, a Streamable HTTP endpoint, or within this process. */
export type TransportKind = 'stdio' | 'sse' | 'streamable_http' | 'in_process';
/** A server that is a child process of ours. */
export type StdioServerConfig = z.infer<ConfigSchemas['transports']['stdio']>;
/** A server behind the HTTP+SSE transport of revision 2024-11-05. */
export type SseServerConfig = z.infer<ConfigSchemas['transports']['sse']>;
/** A server behind the Streamable HTTP transport. */
export type StreamableHttpServerConfig = z.infer<ConfigSchemas['transports']['streamable_http']>;
/** A server in this process, behind a transport that a function makes. */
export type InProcessServerConfig = z.infer<ConfigSchemas['transports']['in_process']>;
/** A server behind a URL that may speak either HTTP transport: Streamable HTTP is tried first, and what was found is remembered. */
export type UrlServerConfig = Omit<StreamableHttpServerConfig, 'transport' | 'fallback'> & { transport?: undefined };
/** A place that a server may work in: a `file:` URI and a name for people. */
export type Root = z.infer<ConfigSchemas['root']>;
/** How much a server logs. */
export type LoggingLevel = z.infer<ConfigSchemas['declarations']['loggingLevel']>;
/** What one server is configured with, before it is checked. */
export type ServerConfigInput = ServerConfig | UrlServerConfig;
/** What one server is configured with. */
export type ServerConfig = StdioServerConfig | SseServerConfig | StreamableHttpServerConfig | InProcessServerConfig;
