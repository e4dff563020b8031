/** Reads what the SDK asks its `fetch` for: a URL, a method, headers and a body, in the forms that it really uses. */

import type { HttpRequest } from './http-request.ts';

/** A request of the SDK, whose signal is left out: what is under way is broken off by the transport itself. */
export function sdkRequest(input: string | URL, init: RequestInit | undefined): HttpRequest {
  const headers: Record<string, string> = {};
  // The SDK always hands over an instance; iterating it gives lower-case names.
  if (init?.headers instanceof Headers) {
    init.headers.forEach((value, name) => {
      headers[name] = value;
    });
  }
  return {
    url: input instanceof URL ? input : new URL(input),
    method: methodOf(init?.method),
    headers,
    body: typeof init?.body === 'string' ? init.body : undefined,
  };
}

function methodOf(method: string | undefined): HttpRequest['method'] {
  return method === 'POST' || method === 'DELETE' ? method : 'GET';
}
