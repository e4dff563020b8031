/**
 * The tools of a server of the discover era: which they are, and calls to them. Arguments that a tool wants repeated in
 * headers are, and where the server knows other tools than we do, they are looked at again. Source: MCP 2026-07-28,
 * "Transports", "Custom Headers from Tool Parameters".
 */

import { isSpecType } from '@modelcontextprotocol/client';
import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../clock.ts';
import { RequestError, type RequestOptions } from './link.ts';
import type { EntryPage, PageParams } from './lists.ts';
import { argumentHeaders, type MirroredArgument, mirroredArguments } from './mirrored-arguments.ts';

/** The server says that the headers of a call do not repeat what its arguments are: it knows other tools than we do. */
const HEADER_MISMATCH = -32_020;

type Params = Record<string, unknown>;

/** What the tools are asked through. */
export interface DiscoverToolsSetup {
  readonly clock: Clock;
  /** Ask one request, with more headers if there are any. Rejects with `RequestError`. */
  readonly ask: (
    method: string,
    params: Params,
    options: RequestOptions,
    headers?: Record<string, string>,
  ) => Promise<Record<string, unknown>>;
  /** Ask for one page of the list. Rejects with `RequestError`. */
  readonly list: (params: PageParams, options: RequestOptions) => Promise<EntryPage<'tools'>>;
  /** The server has other tools than were listed. */
  readonly changed: () => void;
}

/** The tools of one link. */
export class DiscoverTools {
  readonly #setup: DiscoverToolsSetup;
  /** Arguments to repeat in headers, by tool. */
  readonly #mirrored = new Map<string, readonly MirroredArgument[]>();

  constructor(setup: DiscoverToolsSetup) {
    this.#setup = setup;
  }

  /** Check one entry of the list; nothing when it is no tool. */
  toTool(value: unknown): Tool | undefined {
    if (!isSpecType.Tool(value)) return undefined;
    const mirrored = mirroredArguments(value.inputSchema);
    if (mirrored === undefined) return undefined;
    if (mirrored.length > 0) this.#mirrored.set(value.name, mirrored);
    else this.#mirrored.delete(value.name);
    return value as Tool;
  }

  /** Call a tool. One deadline covers the call, and what it takes to learn how the server wants it. */
  async call(params: Params, options: RequestOptions): Promise<unknown> {
    const { clock } = this.#setup;
    const byMs = clock.monotonic() + options.timeoutMs;
    try {
      return await this.#callOnce(params, options);
    } catch (error) {
      const isMismatch = error instanceof RequestError && isHeaderMismatch(error);
      if (!isMismatch || !(await this.#learn(byMs - clock.monotonic(), options.signal))) throw error;
      const timeoutMs = byMs - clock.monotonic();
      if (timeoutMs <= 0) throw error;
      // Refused before it ran: the server checks the headers first.
      return await this.#callOnce(params, { ...options, timeoutMs });
    }
  }

  #callOnce(params: Params, options: RequestOptions): Promise<unknown> {
    const mirrored = this.#mirrored.get(String(params['name']));
    const headers = mirrored && argumentHeaders(mirrored, params['arguments'] as Params | undefined);
    return this.#setup.ask('tools/call', params, options, headers);
  }

  /** Look at the first page of tools again. Returns whether it came in time. */
  async #learn(timeoutMs: number, signal: AbortSignal | undefined): Promise<boolean> {
    if (timeoutMs <= 0) return false;
    try {
      const { entries, toEntry } = await this.#setup.list({}, { timeoutMs, signal });
      for (const entry of entries) toEntry(entry);
      // The catalogue has to hear of them too, on all pages.
      this.#setup.changed();
      return true;
    } catch {
      return false;
    }
  }
}

function isHeaderMismatch({ failure }: RequestError): boolean {
  return failure.kind === 'server-error' && failure.code === HEADER_MISMATCH;
}
