/**
 * The tools of all servers as they were last seen, and what changed between two sights. Kept while a connection
 * comes back, forgotten when its server is removed.
 */

import { createHash } from 'node:crypto';
import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { RejectedTool } from '../connection/tool-list.ts';

/** What is different between two lists of tools, by name. */
export interface CatalogDifference {
  /** Names of tools that are new. */
  readonly added: readonly string[];
  /** Names of tools that are gone. */
  readonly removed: readonly string[];
  /** Names of tools whose description, schema or annotations changed. */
  readonly changed: readonly string[];
}

/** The tools of a server are not what they were. */
export interface CatalogChanged extends CatalogDifference {
  readonly type: 'catalog.changed';
  readonly server: string;
  readonly epoch: number;
  readonly atMs: number;
}

/** Tools that a server lists were left out, because they are none or are beyond a bound; the others can be called. */
export interface ToolsRejected {
  readonly type: 'tools.rejected';
  readonly server: string;
  readonly epoch: number;
  readonly atMs: number;
  /** How many were left out. */
  readonly count: number;
  /** The first ten of them; names are untrusted, and empty where there is none. */
  readonly rejected: readonly RejectedTool[];
}

/** Tools by server. */
export class Catalog {
  readonly #tools = new Map<string, readonly Tool[]>();
  /** Of each tool as last seen. */
  readonly #prints = new Map<string, ReadonlyMap<string, string>>();
  readonly #rejections = new Map<string, string>();

  /** Take a complete list. Returns what changed, or nothing when it is the first or the same. */
  update(server: string, tools: readonly Tool[]): CatalogDifference | undefined {
    const before = this.#prints.get(server);
    const now = new Map(tools.map((tool) => [tool.name, hashOf(tool)]));
    this.#tools.set(server, Object.freeze([...tools]));
    this.#prints.set(server, now);
    return before === undefined ? undefined : difference(before, now);
  }

  /** Note what was left out of the list. Returns whether that is news. */
  reject(server: string, rejected: readonly RejectedTool[]): boolean {
    const before = this.#rejections.get(server) ?? NOTHING;
    const now = hashOf(rejected);
    this.#rejections.set(server, now);
    return now !== before && rejected.length > 0;
  }

  /** Forget a server. */
  forget(server: string): void {
    this.#tools.delete(server);
    this.#prints.delete(server);
    this.#rejections.delete(server);
  }

  /** Whether a tool's own hints say that running it twice does no harm. To be believed only of a trusted server. */
  isHarmless(server: string, tool: string): boolean {
    const hints = this.tools(server).find(({ name }) => name === tool)?.annotations;
    return hints?.readOnlyHint === true || hints?.idempotentHint === true;
  }

  /** The tools of a server as last seen; none when it was never ready. */
  tools(server: string): readonly Tool[] {
    return this.#tools.get(server) ?? [];
  }
}

function difference(old: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): CatalogDifference | undefined {
  const added = [...now.keys()].filter((name) => !old.has(name));
  const removed = [...old.keys()].filter((name) => !now.has(name));
  const changed = [...now.keys()].filter((name) => old.has(name) && old.get(name) !== now.get(name));
  return added.length + removed.length + changed.length === 0 ? undefined : { added, removed, changed };
}

/** Equal for equal definitions. What gets here is bounded in size and depth, so writing it as JSON cannot fail. */
function hashOf(value: unknown): string {
  return createHash('sha1').update(JSON.stringify(value)).digest('base64');
}

const NOTHING = hashOf([]);
