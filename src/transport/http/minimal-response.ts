/**
 * The part of a `Response` that the SDK looks at. A whole one costs more than the rest of a small call, and the SDK
 * needs neither body nor most headers: replies are read by us.
 */

import type { ResponseHead } from './exchange.ts';

/** What the SDK is told of an answer. */
export interface MinimalResponse {
  readonly status: number;
  /** Those headers that the SDK may see of it, by lower-case name. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: ReadableStream<Uint8Array>;
}

/** Make what the SDK takes for a `Response`. */
export function minimalResponse({ status, headers = {}, body }: MinimalResponse): Response {
  const response = {
    ok: status >= 200 && status < 300,
    status,
    statusText: '',
    type: 'basic',
    url: '',
    redirected: false,
    headers: {
      get: (name: string) => headers[name] ?? null,
      has: (name: string) => headers[name] !== undefined,
    },
    body: body ?? null,
    text: async () => '',
  };
  return response as unknown as Response;
}

/** Hand a redirect to the SDK, whose policy decides whether to follow it. */
export function redirectResponse(head: ResponseHead): Response {
  return minimalResponse({ status: head.status, headers: { location: head.header('location') } });
}
