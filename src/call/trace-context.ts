/**
 * Where a request belongs in a distributed trace, as W3C Trace Context and W3C Baggage write it. Source: MCP 2026-07-28,
 * basic, "OpenTelemetry trace context". Values that are not well formed are not sent.
 */

/** Where a request belongs in a trace. */
export interface TraceContext {
  /** Version, trace, span and flags, as in `00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01`. */
  readonly traceparent: string;
  /** What vendors of tracing add, at most 512 characters. */
  readonly tracestate?: string | undefined;
  /** What the application adds, at most 8 192 characters. Servers read it: nothing secret belongs here. */
  readonly baggage?: string | undefined;
}

/** Gives the context of a request that is about to be made; nothing for none. Must not wait. */
export type TraceContextFunction = (about: {
  readonly server: string;
  /** As in `tools/call`. */
  readonly method: string;
}) => TraceContext | undefined;

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const STATE_MEMBER =
  /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
const BAGGAGE_MEMBER =
  /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+[ \t]*=[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e \t]*(?:;[\x20-\x2b\x2d-\x7e\t]*)?$/;

/** Whether a value is well formed, by the key that it is sent under. */
export const TRACE_KEYS: Readonly<Record<keyof TraceContext, (value: unknown) => boolean>> = {
  traceparent: (value) => typeof value === 'string' && TRACEPARENT.test(value),
  tracestate: (value) => isList(value, STATE_MEMBER, { chars: 512, members: 32 }),
  baggage: (value) => isList(value, BAGGAGE_MEMBER, { chars: 8_192, members: 64 }),
};

/** Ask for a context, and keep what is well formed of it. What the function throws is no context. */
export function askTraceContext(
  ask: TraceContextFunction,
  about: { readonly server: string; readonly method: string },
): Record<string, unknown> | undefined {
  try {
    const context: unknown = ask(about);
    if (context instanceof Promise) context.catch(() => {});
    if (typeof context !== 'object' || context === null) return undefined;
    const { traceparent, tracestate, baggage } = context as Partial<TraceContext>;
    if (!TRACE_KEYS.traceparent(traceparent)) return undefined;
    return {
      traceparent,
      ...(TRACE_KEYS.tracestate(tracestate) ? { tracestate } : undefined),
      ...(TRACE_KEYS.baggage(baggage) ? { baggage } : undefined),
    };
  } catch {
    // A callback of the host cannot harm the call that it is asked for.
    return undefined;
  }
}

function isList(value: unknown, member: RegExp, most: { readonly chars: number; readonly members: number }): boolean {
  if (typeof value !== 'string' || value.length > most.chars) return false;
  const members = value.split(',').map((each) => each.trim());
  return members.length <= most.members && members.every((each) => member.test(each));
}
