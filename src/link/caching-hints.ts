/** How long a result may be believed, as the server says. Source: MCP 2026-07-28, server/utilities/caching. */

/** Requests whose results say it. */
const CACHEABLE: ReadonlySet<string> = new Set([
  'prompts/list',
  'resources/list',
  'resources/read',
  'resources/templates/list',
  'server/discover',
  'tools/list',
]);

/** A server must not bind us for longer, whatever it says. */
const MAX_TTL_MS = 24 * 60 * 60 * 1_000;

/** Whether the results of such requests may be believed for a while. */
export function isCacheable(method: string): boolean {
  return CACHEABLE.has(method);
}

/**
 * A result whose hints are valid: one that has none, or one that makes no sense, is stale at once and for nobody else.
 * One that came of what a person answered is not kept, whatever the server says.
 */
export function withCachingHints<T extends Record<string, unknown>>(result: T, isAnswered = false) {
  const { ttlMs, cacheScope } = result;
  const isTime = typeof ttlMs === 'number' && ttlMs > 0 && !isAnswered;
  return {
    ...result,
    ttlMs: isTime ? Math.min(Math.floor(ttlMs), MAX_TTL_MS) : 0,
    cacheScope: cacheScope === 'public' ? 'public' : 'private',
  };
}
