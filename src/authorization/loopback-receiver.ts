/**
 * Waits on this host for a browser to bring an answer back. It listens on loopback only, takes the one answer that
 * belongs to what was asked, and shows a page that says so; everything else is turned away.
 */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { FaultError } from '../fault.ts';

/** A receiver that listens. */
export interface LoopbackReceiver extends AsyncDisposable {
  /** Resolves with the whole URL that the browser was sent to. */
  readonly answer: Promise<string>;
}

/** What is waited for. */
export interface LoopbackOptions {
  /** `http://127.0.0.1:<port>/<path>`, as it is registered. */
  readonly redirectUrl: string;
  /** What the answer has to bring back. */
  readonly state: string;
  readonly clock: Clock;
  /** How long a person may take. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Larger requests than this are no redirect of a browser. */
const MAX_HEADER_BYTES = 16 * 1024;

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'",
  'referrer-policy': 'no-referrer',
  connection: 'close',
} as const;

/** Whether browsers can be waited for at a URL: it names this host by its address or name, and a port. */
export function isLoopbackRedirect(redirectUrl: string): boolean {
  if (!URL.canParse(redirectUrl)) return false;
  const { protocol, hostname, port } = new URL(redirectUrl);
  return protocol === 'http:' && port !== '' && port !== '0' && hosts(hostname) !== undefined;
}

/**
 * Listen where browsers are sent to. `answer` rejects with the signal's reason, or with `FaultError`.
 * Disposing it closes every socket. Rejects with the system's error when the port is taken.
 */
export async function listenOnLoopback(options: LoopbackOptions): Promise<LoopbackReceiver> {
  const { redirectUrl, clock, deadlineMs, signal } = options;
  const target = new URL(redirectUrl);
  signal?.throwIfAborted();
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES });
  const host = hosts(target.hostname);
  server.listen({ host, port: Number(target.port), exclusive: true });
  await once(server, 'listening');
  const answer = new Promise<string>((resolve, reject) => {
    const timer = clock.setTimeout(() => end(() => reject(noAnswer())), deadlineMs);
    const aborted = () => end(() => reject(signal?.reason));
    const end = (act: () => void) => {
      clock.clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      act();
    };
    signal?.addEventListener('abort', aborted, { once: true });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const url = answerUrl(request, options);
      if (url === undefined) {
        response.writeHead(404, PAGE_HEADERS).end();
        return;
      }
      response.writeHead(200, PAGE_HEADERS).end('<!doctype html><title>Done</title><p>You can close this window.');
      end(() => resolve(url));
    });
    server.once('close', () => end(() => reject(noAnswer())));
  });
  // Whoever asked may have left.
  answer.catch(() => {});
  return { answer, [Symbol.asyncDispose]: () => closed(server) };
}

/** The URL of a request that brings the answer; nothing for any other request. */
function answerUrl({ method, url = '' }: IncomingMessage, { redirectUrl, state }: LoopbackOptions): string | undefined {
  if (method !== 'GET' || !URL.canParse(url, redirectUrl)) return undefined;
  const target = new URL(redirectUrl);
  const asked = new URL(url, redirectUrl);
  const isOurs = asked.origin === target.origin && asked.pathname === target.pathname;
  return isOurs && asked.searchParams.get('state') === state ? asked.href : undefined;
}

async function closed(server: Server): Promise<void> {
  if (!server.listening) return;
  const gone = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  // The page has been written by now, or nobody reads it.
  server.closeAllConnections();
  await gone;
}

/** The one address to listen on; nothing for a URL that is not of this host. */
function hosts(hostname: string): string | undefined {
  if (hostname === '[::1]') return '::1';
  return hostname === 'localhost' || hostname === '127.0.0.1' ? '127.0.0.1' : undefined;
}

function noAnswer(): FaultError {
  return new FaultError({ kind: 'auth-failed', reason: 'no-answer' }, 'refused');
}
