/** One request over HTTP, as data. */

import type { RequestHeaders } from './request-headers.ts';

/** A request to make. Static headers are added to its own; its own win. */
export interface HttpRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: RequestHeaders;
  readonly body?: string | undefined;
}
