/**
 * What a host sends along with its requests, in `_meta`: what the caller of one gives, and where it belongs in a trace.
 * Source: MCP 2025-11-25, basic, "_meta".
 */

import { isRecord } from '../config/record.ts';
import { ConfigError } from '../errors.ts';
import { askTraceContext, TRACE_KEYS, type TraceContextFunction } from './trace-context.ts';

const LABEL = /^[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/;
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
/** As one of the first two labels they make a prefix the protocol's own: the second now, either in older revisions. */
const RESERVED_LABELS: readonly (string | undefined)[] = ['modelcontextprotocol', 'mcp'];
const MAX_KEY_CHARS = 256;

/** Put together the `_meta` of one request; nothing where there is none. Throws `ConfigError` for what may not be sent. */
export function requestMeta(
  given: unknown,
  trace: TraceContextFunction | undefined,
  about: { readonly server: string; readonly method: string },
): Record<string, unknown> | undefined {
  const own = given === undefined ? undefined : checkedMeta(given, about.server);
  const context = trace && askTraceContext(trace, about);
  // The caller of one request knows better than the host as a whole, and no part of one context fits another.
  if (own === undefined || context === undefined || 'traceparent' in own) return own ?? context;
  return { ...context, ...own };
}

function checkedMeta(given: unknown, server: string): Record<string, unknown> {
  if (!isRecord(given)) throw new ConfigError([{ path: 'options.meta', message: 'must be an object' }], server);
  const issues = Object.entries(given).flatMap(([key, value]) => {
    const message = flawOf(key, value);
    return message === undefined
      ? []
      : [{ path: `options.meta[${JSON.stringify(key.slice(0, MAX_KEY_CHARS))}]`, message }];
  });
  if (issues.length > 0) throw new ConfigError(issues, server);
  return { ...given };
}

function flawOf(key: string, value: unknown): string | undefined {
  if (key === 'progressToken') return 'is set by onProgress';
  if (Object.hasOwn(TRACE_KEYS, key)) {
    return TRACE_KEYS[key as keyof typeof TRACE_KEYS](value) ? undefined : 'is not well formed';
  }
  const slash = key.indexOf('/');
  const labels = slash === -1 ? [] : key.slice(0, slash).split('.');
  const name = key.slice(slash + 1);
  const isNamed = NAME.test(name) || (name === '' && slash !== -1);
  if (key.length > MAX_KEY_CHARS || !isNamed || !labels.every((label) => LABEL.test(label))) {
    return 'must be a name, or a prefix such as com.example/ and a name';
  }
  const isReserved = labels.slice(0, 2).some((label) => RESERVED_LABELS.includes(label.toLowerCase()));
  return isReserved ? 'has a prefix that is reserved for the protocol' : undefined;
}
