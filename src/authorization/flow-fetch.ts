/**
 * The `fetch` with which an authorization server is talked to. It has sockets of its own, so nothing that is configured
 * for the MCP server travels here; it reads bounded answers, and asks only places that may be asked.
 */

import type { FetchLike } from '@modelcontextprotocol/client';
import type { Clock } from '../clock.ts';
import { isLoopback } from '../config/loopback.ts';
import { FaultError } from '../fault.ts';
import { BoundedBody } from '../transport/http/bounded-body.ts';
import type { ResponseHead } from '../transport/http/exchange.ts';
import { parseRetryAfter } from '../transport/http/retry-after.ts';
import { SocketPool } from '../transport/http/socket-pool.ts';

/** Largest answer of an authorization server that is read. */
const MAX_ANSWER_BYTES = 1024 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;

/** How long a server is left alone that is asked too much, and does not say how long. */
const BUSY_DELAY_MS = 1_000;

/** How long connecting to an authorization server may take. */
const CONNECT_TIMEOUT_MS = 10_000;

/** Headers that the SDK looks at. */
const READ_HEADERS = ['content-type', 'dpop-nonce', 'location', 'retry-after', 'www-authenticate'] as const;

/** A `fetch` for one flow. */
export interface FlowFetch {
  readonly fetch: FetchLike;
  /** Break off what is under way, and close every socket. Never rejects. */
  release(): Promise<void>;
}

/**
 * Make the `fetch` of one flow that concerns the MCP server at `serverUrl`.
 *
 * **Errors** rejects with a `TypeError` whose cause is a `FaultError`, which the SDK passes on as a failure of the
 * network instead of trying another place: for what cannot be reached, and for an answer that says to come back later.
 */
export function createFlowFetch(serverUrl: URL, clock: Clock): FlowFetch {
  const pool = new SocketPool({
    clock,
    headers: { 'accept-encoding': 'identity' },
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    maxHeaderBytes: MAX_HEADER_BYTES,
  });
  const fetch: FetchLike = async (input, init) => {
    const url = new URL(input);
    if (!mayBeAsked(url, serverUrl)) throw failed(new FaultError({ kind: 'auth-failed', reason: 'insecure-endpoint' }));
    const headers = Object.fromEntries(new Headers(init?.headers));
    const method = init?.method === 'POST' ? 'POST' : 'GET';
    const body = init?.body instanceof URLSearchParams ? init.body.toString() : init?.body;
    if (body !== undefined && body !== null && typeof body !== 'string') throw new TypeError('a body is a text');
    return await new Promise<Response>((resolve, reject) => {
      let answer: ResponseHead | undefined;
      const exchange = pool.open(
        { url, method, headers, body: body ?? undefined },
        {
          responded: (head) => {
            answer = head;
            const later = askedToWait(head, method, clock.now());
            if (later !== undefined) {
              pool.linger(exchange);
              reject(failed(later));
              return undefined;
            }
            return new BoundedBody(exchange, MAX_ANSWER_BYTES, {
              heard: () => {},
              complete: (text) => resolve(responseOf(answer, text)),
              failed: (error) => reject(failed(error)),
            });
          },
          failed: (error) => reject(failed(error)),
        },
      );
    });
  };
  return { fetch, release: () => pool.release() };
}

/** The fault that a flow failed with, where this `fetch` said it. */
export function fetchFault(error: unknown): FaultError | undefined {
  if (error instanceof FaultError) return error;
  return error instanceof TypeError && error.cause instanceof FaultError ? error.cause : undefined;
}

/**
 * Whether a place may be asked: over TLS, or on the origin of the MCP server itself, or on this host if the MCP server
 * is there too. A server elsewhere could otherwise make us ask what only this host can reach.
 */
function mayBeAsked(url: URL, serverUrl: URL): boolean {
  if (url.protocol === 'https:' || url.origin === serverUrl.origin) return true;
  return url.protocol === 'http:' && isLoopback(url) && isLoopback(serverUrl);
}

/** An outage, which the SDK would take for the absence of a document. A gateway answers 502 to paths it does not know. */
function askedToWait(head: ResponseHead, method: string, nowMs: number): FaultError | undefined {
  const { status } = head;
  // Above 599 there is no meaning, and no `Response`.
  const isOutage = status === 429 || (status >= 500 && !(status === 502 && method === 'GET'));
  if (!isOutage) return undefined;
  const asked = parseRetryAfter(head.header('retry-after'), nowMs);
  // A bare 429 would be read as the answer of an MCP server that does not know a question.
  const retryAfterMs = asked ?? (status === 429 ? BUSY_DELAY_MS : undefined);
  return new FaultError({
    kind: 'http-status',
    status,
    ...(retryAfterMs === undefined ? undefined : { retryAfterMs }),
  });
}

function failed(cause: FaultError): TypeError {
  return new TypeError('the authorization server could not be asked', { cause });
}

function responseOf(head: ResponseHead | undefined, text: string): Response {
  const status = head?.status ?? 0;
  const headers = new Headers();
  for (const name of READ_HEADERS) {
    const value = head?.header(name);
    if (value !== undefined) headers.set(name, value);
  }
  // The constructor takes no body with these.
  const isEmpty = status === 204 || status === 205 || status === 304;
  return new Response(isEmpty ? null : text, { status, headers });
}
