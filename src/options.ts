/** What a supervisor, and the addition of a server, can be told. */

import type { Implementation } from '@modelcontextprotocol/sdk/types.js';
import type { ElicitationHandler } from './asking/elicitation.ts';
import type { SamplingHandler, SamplingSupport } from './asking/sampling.ts';
import type { CredentialStore } from './authorization/store/credential-store.ts';
import type { TraceContextFunction } from './call/trace-context.ts';
import type { ServerInfo } from './catalog/server-info.ts';
import type { Clock, Random } from './clock.ts';
import type { StdioServerConfig } from './config/server-config.ts';
import type { SupervisorError } from './errors.ts';
import type { InspectionObserver } from './observe/inspection.ts';
import type { LedgerOptions } from './transport/process-report.ts';
import type { Network } from './world/network.ts';

/** What every server is configured with unless its own configuration says otherwise. */
export type ServerDefaults = Partial<
  Pick<
    StdioServerConfig,
    | 'restart'
    | 'maxRestarts'
    | 'withinMs'
    | 'protocol'
    | 'connectTimeoutMs'
    | 'callTimeoutMs'
    | 'maxQueued'
    | 'maxConcurrent'
    | 'checkResults'
    | 'backoff'
    | 'heartbeat'
    | 'stableAfterMs'
    | 'parkAfterAttempts'
    | 'parkedProbeMs'
    | 'releaseTimeoutMs'
    | 'limits'
  >
>;

/** What servers may ask of the host. Each is declared to servers exactly when it is given. */
export interface SupervisorHandlers {
  /**
   * Asks a person for a server, and resolves with the answer. While it runs, the deadlines of that server's calls stand
   * still. What it throws, an answer that does not fit the form, and more than `elicitationTimeoutMs` are answered with
   * `cancel`, and told as `elicitation.failed`. Source: MCP 2025-11-25, client/elicitation.
   */
  readonly elicitation?: ElicitationHandler;
  /**
   * Asks the model of the host for a server, and resolves with its answer, or with `{ action: 'decline' }`. While it runs,
   * the deadlines of that server's calls stand still. What it throws, an answer of no valid shape, more than
   * `samplingTimeoutMs`, and more than `limits.maxSamplings` and `limits.maxSamplingsPerMinute` are answered with an error, and told as
   * `sampling.failed`. Requests with tools are refused unless it is given as `{ handle, tools: true }`. A person should be able to see
   * and decline what is asked. Deprecated by revision 2026-07-28 for new servers. Source: MCP 2025-11-25, client/sampling.
   */
  readonly sampling?: SamplingHandler | SamplingSupport;
}

/** Options of a supervisor. */
export interface SupervisorOptions {
  /** Who we say we are to servers. Default: this library and its version. */
  readonly clientInfo?: Implementation;
  /** Used where a server's configuration is silent. */
  readonly defaults?: ServerDefaults;
  /** What servers may ask of the host. */
  readonly handlers?: SupervisorHandlers;
  /** How long a person may take to answer a question of a server, in milliseconds. Default 600 000. */
  readonly elicitationTimeoutMs?: number;
  /** How long the handler of sampling may take, in milliseconds. Default 120 000. */
  readonly samplingTimeoutMs?: number;
  /**
   * Where credentials of servers with `auth` are kept. Default: in memory, for as long as this supervisor lives. Share a
   * `FileCredentialStore` between supervisors and processes.
   */
  readonly credentialStore?: CredentialStore;
  /** Total time for `close()`, in milliseconds; what is left then is killed. Default 30 000. */
  readonly closeTimeoutMs?: number;
  /** Events kept for one slow consumer of `events()`. Default 1 024. */
  readonly eventBufferSize?: number;
  /**
   * Tells whether the host has a network; while it has none, connections to servers on other hosts are held. Default:
   * an interface that is no loopback is running and has an address.
   */
  readonly network?: Network;
  /** From one connection to the next when many are released at once, in milliseconds. Default 250. */
  readonly staggerMs?: number;
  /**
   * Where each request of the host belongs in a distributed trace, sent along in its `_meta`. Asked once for each call,
   * however often that is sent, in the turn in which it is made. What it throws, and what is not well formed, is not sent.
   * Source: MCP 2026-07-28, basic, "OpenTelemetry trace context".
   */
  readonly traceContext?: TraceContextFunction;
  /**
   * Given every inspection event of the supervisor and its connections, from the first on. The plan of a server is in the
   * event that added it and in the snapshots of its connection; those of the supervisor name it only.
   */
  readonly inspect?: InspectionObserver;
  /**
   * Whether a SIGTERM, SIGINT or SIGHUP that ends this process ends the processes of stdio servers too; default true.
   * A signal that you listen to is yours, and ends nothing here: close the supervisor in your listener. The end of this
   * process by `process.exit()` or an uncaught error ends them in any case.
   */
  readonly handleSignals?: boolean;
  /**
   * The file that names the processes of stdio servers (by number, start and a hash of the command, never by arguments),
   * so that the next host can end what this one leaves behind when it is killed. `false`: none. Linux only. Default
   * `mcp-supervisor` in `$XDG_STATE_HOME` or `~/.local/state`, as the environment was when it was first needed. The
   * first start of a stdio server waits at most three seconds for earlier ones to be ended. It must be writable by this
   * user alone.
   */
  readonly ledger?: LedgerOptions | false;
  /** Where time comes from. Default: the host. */
  readonly clock?: Clock;
  /** Where chance comes from. Default: `Math.random`. */
  readonly random?: Random;
}

/** Options of adding a server. */
export interface AddServerOptions {
  /** `ready` (default): resolve when calls can be made. `added`: resolve at once, and let supervision go on. */
  readonly waitUntil?: 'ready' | 'added';
  /** How long to wait for `ready`, reconnects included, in milliseconds. Default 60 000. */
  readonly startTimeoutMs?: number;
  /** Aborting rejects with the signal's reason, and the server is not kept. */
  readonly signal?: AbortSignal;
}

/** Options of replacing a server. */
export interface ReplaceServerOptions extends AddServerOptions {
  /**
   * Open the new connection only when the present one is gone: for servers that hold what only one process can have,
   * such as a lock or a port. Calls wait meanwhile. Default false.
   */
  readonly stopFirst?: boolean;
  /** How long calls under way on the present connection may go on, in milliseconds. Default 30 000. */
  readonly drainTimeoutMs?: number;
}

/** How the addition of one of many servers ended. */
export type AddServerResult =
  | { readonly name: string; readonly status: 'added'; readonly info: ServerInfo }
  | { readonly name: string; readonly status: 'failed'; readonly error: SupervisorError };

/** Options of waiting for a state. */
export interface WaitForOptions {
  /** Aborting rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Options of removing a server. */
export interface RemoveServerOptions {
  /** How long calls under way may go on, in milliseconds. Default 0. No new call passes meanwhile. */
  readonly drainMs?: number;
}

/** Options of closing. */
export interface CloseOptions {
  /** End everything by force, now, instead of politely and in order. */
  readonly force?: boolean;
  /**
   * How long calls under way may go on, in milliseconds from now, within `closeTimeoutMs`. Default 0. No new call passes
   * meanwhile.
   */
  readonly drainMs?: number;
}
