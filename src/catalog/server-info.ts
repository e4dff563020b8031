/** What can be known of a server at one moment, as plain data without secrets. */

import type { Implementation, ServerCapabilities, Tool } from '@modelcontextprotocol/sdk/types.js';
import type { RedactedConfig } from '../config/redaction.ts';
import type { TransportKind } from '../config/server-config.ts';
import type { ConnectionState } from '../connection-state.ts';
import type { Fault } from '../fault.ts';
import type { Era } from '../link/link.ts';

/** A server at one moment. A copy: it does not change afterwards. */
export interface ServerInfo {
  readonly name: string;
  /** The configuration, with secrets replaced and functions left out. */
  readonly config: RedactedConfig;
  /** Where the server is, for a person: `node (2 args)`, `https://host/mcp` or `this process`. */
  readonly endpoint: string;
  readonly state: ConnectionState;
  /** With `reconnecting`: it waits for an event, such as `retryServer`, instead of a delay. */
  readonly parked: boolean;
  /** With `reconnecting`: it waits for the network to come back. */
  readonly held: boolean;
  /** The present or last life of the connection, numbered from 1; 0 when none has begun. */
  readonly epoch: number;
  /** Attempts since a life that proved its service ended. */
  readonly attempt: number;
  /** Lives lost lately, see `StateChange`. */
  readonly losses: number;
  /** Why it is not ready, where there is a reason. */
  readonly cause?: Fault;
  /** Servers it waits for before its first life. */
  readonly waitingFor: readonly string[];
  /** When the next attempt is due, in milliseconds since the Unix epoch. */
  readonly retryAtMs?: number;
  /** The tools as last seen; kept while the connection comes back. */
  readonly tools: readonly Tool[];
  /** Calls that wait for the connection, or for their turn. */
  readonly queued: number;
  /** Calls under way. */
  readonly inFlight: number;

  /** What a person has to open to authorize this client, while that is so. Not for logs. */
  readonly authorizationUrl?: string;

  /** The rest is known while the server is `ready`. */
  readonly connectedAt?: Date;
  /** How messages are moved: what the configuration says, or what was found out about a URL. */
  readonly transport?: TransportKind;
  readonly era?: Era;
  readonly protocolVersion?: string;
  /** Who the server says it is; untrusted. */
  readonly implementation?: Implementation;
  readonly capabilities?: ServerCapabilities;
  /** How the server says it wants to be used; untrusted. */
  readonly instructions?: string;
  /** stdio: the process. */
  readonly pid?: number;
  /** Streamable HTTP: the session id, cut so that it cannot be used. */
  readonly sessionId?: string;
}
