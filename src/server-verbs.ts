/** What a host asks of one server and declares to it. Each verb looks a server up and forwards; none changes a state itself. */

import type { CallToolResult, ReadResourceResult } from '@modelcontextprotocol/sdk/types.js';
import type { CallOptions } from './call/call-options.ts';
import type { Requester } from './call/requester.ts';
import type { Directory } from './catalog/directory.ts';
import type { ServerEntry } from './catalog/server-entry.ts';
import { parseLoggingLevel, parseRoots } from './config/parse.ts';
import type { LoggingLevel, Root } from './config/server-config.ts';
import { SessionVerbs } from './session/session-verbs.ts';

/** The verbs about one server that is there. */
export abstract class ServerVerbs {
  readonly #directory: Directory;
  readonly #requester: Requester;
  readonly #session: SessionVerbs;

  constructor(directory: Directory, requester: Requester) {
    this.#directory = directory;
    this.#requester = requester;
    this.#session = new SessionVerbs(requester);
  }

  /**
   * Call a tool. On a ready connection the call goes out directly; while the connection comes back it waits, in order,
   * until its own deadline. A call that certainly was not executed is sent again; one whose outcome is unknown is not.
   *
   * A tool that fails in its own terms resolves with `isError: true`, as the protocol says.
   *
   * **Errors** `CallError`, whose `outcome` says what is known about execution: `CAPABILITY_MISSING` when the server offers no
   * tools at all; `SERVER_UNKNOWN` lists the known names.
   * **Cancels** aborting the signal rejects at once with `CALL_ABORTED`, and tells the server when the call was sent.
   * **States** `ready` passes; `connecting`, `initializing` and `reconnecting` wait, held ones too; parked and `closed` fail
   * at once.
   * **Source** MCP 2025-11-25, server/tools, "Calling Tools".
   */
  async callTool(
    server: string,
    tool: string,
    args: Record<string, unknown> = {},
    options: CallOptions = {},
  ): Promise<CallToolResult> {
    const target = this.#directory.get(server) ?? this.#directory.require(server);
    return await this.#requester.request(target, 'tools/call', { name: tool, arguments: args }, options);
  }

  /**
   * Read a resource, as `callTool` calls a tool; a reading is harmless, so it is sent again when its outcome is unknown.
   *
   * **Errors** `CAPABILITY_MISSING` when the server is known to have no resources; else as `callTool`.
   * **Source** MCP 2025-11-25, server/resources, "Reading Resources".
   */
  async readResource(server: string, uri: string, options: CallOptions = {}): Promise<ReadResourceResult> {
    return await this.#session.read(this.#directory.require(server), uri, options);
  }

  /**
   * Declare a subscription. It holds through every reconnect: a new epoch subscribes again, then reads the resource and
   * compares it to what was last known, so that `resource.updated` tells of each change at least once.
   *
   * **Errors** `CAPABILITY_MISSING`, `SERVER_CLOSED`, `SERVER_UNKNOWN`, `SUPERVISOR_CLOSED`, and those of a call; after
   * each of them nothing is declared. **States** `ready`: resolves when the server took it. Coming back or parked:
   * resolves at once, and the next epoch is told. **Source** MCP 2025-11-25, server/resources, "Subscriptions".
   */
  async subscribeResource(server: string, uri: string): Promise<void> {
    await this.#session.subscribe(this.#declaring(server), uri);
  }

  /** Take a subscription back: nothing of it is told any more. One that is not there is no error. As `subscribeResource`. */
  async unsubscribeResource(server: string, uri: string): Promise<void> {
    await this.#session.unsubscribe(this.#declaring(server), uri);
  }

  /**
   * Declare how much a server logs, from now on and in every later epoch; what it logs is told as `log.received`.
   *
   * **Errors**, **States** as `subscribeResource`; `ConfigError` for a level that is none.
   * **Source** MCP 2025-11-25, server/utilities/logging.
   */
  async setLoggingLevel(server: string, level: LoggingLevel): Promise<void> {
    await this.#session.setLoggingLevel(this.#declaring(server), parseLoggingLevel(level, server));
  }

  /**
   * Declare where a server may work; it is told that they changed and asks for them. A server that was added without
   * `roots` is told of them from its next epoch on, because that is declared in the handshake.
   *
   * **Errors** `ConfigError`, `SERVER_CLOSED`, `SERVER_UNKNOWN`, `SUPERVISOR_CLOSED`. **Source** MCP 2025-11-25, client/roots.
   */
  async setRoots(server: string, roots: readonly Root[]): Promise<void> {
    await this.#session.setRoots(this.#declaring(server), parseRoots(roots, server));
  }

  /** Throw where nothing may be begun any more. */
  protected abstract assertOpen(): void;

  /** A server that something may be declared for. */
  #declaring(server: string): ServerEntry {
    const entry = this.#directory.require(server);
    this.assertOpen();
    return entry;
  }
}
