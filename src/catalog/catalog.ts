/**
 * The tools of all servers as they were last seen, and what changed between two sights. Kept while a connection
 * comes back, forgotten when its server is removed.
 */

import type { Tool } from '@modelcontextprotocol/sdk/types.js';

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

/** Tools by server. */
export class Catalog {
  readonly #tools = new Map<string, readonly Tool[]>();

  /** Take a complete list. Returns what changed, or nothing when it is the first or the same. */
  update(server: string, tools: readonly Tool[]): CatalogDifference | undefined {
    const before = this.#tools.get(server);
    this.#tools.set(server, Object.freeze([...tools]));
    return before === undefined ? undefined : difference(before, tools);
  }

  /** Forget a server. */
  forget(server: string): void {
    this.#tools.delete(server);
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

function difference(before: readonly Tool[], after: readonly Tool[]): CatalogDifference | undefined {
  const old = new Map(before.map((tool) => [tool.name, JSON.stringify(tool)]));
  const now = new Map(after.map((tool) => [tool.name, JSON.stringify(tool)]));
  const added = [...now.keys()].filter((name) => !old.has(name));
  const removed = [...old.keys()].filter((name) => !now.has(name));
  const changed = [...now.keys()].filter((name) => old.has(name) && old.get(name) !== now.get(name));
  return added.length + removed.length + changed.length === 0 ? undefined : { added, removed, changed };
}
