/** Spans as a tracing library keeps them: what runs inside of one knows it, across every `await`. */

import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';

/** One step of a trace. */
export interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly agent: string;
}

const active = new AsyncLocalStorage<Span>();
const begun: Span[] = [];

/** Run something as a step of the present trace, or of a new one. */
export async function inSpan<A>(name: string, run: () => Promise<A>): Promise<A> {
  const traceId = active.getStore()?.traceId ?? randomBytes(16).toString('hex');
  const span = { name, traceId, spanId: randomBytes(8).toString('hex'), agent: 'demo' };
  begun.push(span);
  return await active.run(span, run);
}

/** The step that runs now. */
export function activeSpan(): Span | undefined {
  return active.getStore();
}

/** All steps so far. */
export function spans(): Span[] {
  return begun;
}
