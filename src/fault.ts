/**
 * Why something ended, as plain data: a closed union, decided by error class, code, HTTP status and cause
 * chain, never by message text. A fault enters machines, events and errors, so it holds no secret: any text
 * that a server wrote has been scrubbed before it gets here.
 */

/** What is known about the execution of a request that failed. */
export type Outcome =
  /** It never left this process: sending it again cannot run it twice. */
  | 'not-sent'
  /** The server said it did not take it on (401, 403, 404, 429, …): sending it again cannot run it twice. */
  | 'refused'
  /** It was sent and no answer came: it may or may not have run. */
  | 'unknown'
  /** The server took it on and answered: with an error, a result that its own schema forbids, or a wish for input that it was not given. */
  | 'failed-by-server';

/** Why a person has to authorize: there is no token, the one there was is not accepted, or it is not enough. */
export type AuthRequirement = 'no-token' | 'token-refused' | 'scope-missing';

/** Why a client could not be authorized. */
export type AuthFailure =
  /** The MCP server or the authorization server says nothing usable about itself. */
  | 'discovery'
  /** The authorization server is not the one it says it is, or not the one that credentials belong to. */
  | 'issuer-mismatch'
  /** It does not support PKCE with S256. */
  | 'pkce-unsupported'
  /** The MCP server names another resource than itself. */
  | 'resource-mismatch'
  /** It does not register this client. */
  | 'registration-refused'
  /** It does not know this client, or its secret. */
  | 'client-refused'
  /** It gives no token for what was presented. */
  | 'grant-refused'
  /** What was brought back belongs to nothing that was asked for, or nothing can be brought back this way. */
  | 'answer-invalid'
  /** No browser brought anything back in time. */
  | 'no-answer'
  /** Credentials would travel without TLS, or to a place that may not be asked. */
  | 'insecure-endpoint'
  /** It answered something that is no answer. */
  | 'malformed-answer'
  /** A function of the configuration threw. */
  | 'hook'
  /** The credential store failed. */
  | 'store';

/** Why an epoch, or one request in it, ended. */
export type Fault =
  /** The command of a stdio server does not exist (`ENOENT`). */
  | { readonly kind: 'command-not-found'; readonly command: string }
  /** The command of a stdio server may not be executed (`EACCES`). */
  | { readonly kind: 'command-not-executable'; readonly command: string }
  /** The working directory of a stdio server does not exist or is not a directory. */
  | { readonly kind: 'working-directory-missing' }
  /** The process could not be started for another reason (`EAGAIN`, `E2BIG`, `EMFILE`, …). */
  | { readonly kind: 'spawn-failed'; readonly errno: string }
  /** The process ended. `stderr` holds its last lines, scrubbed and bounded. */
  | {
      readonly kind: 'process-exited';
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly stderr: readonly string[];
    }
  /** The process lives but closed its end of a pipe, so no reply can ever arrive. */
  | { readonly kind: 'pipe-closed'; readonly pipe: 'stdin' | 'stdout' }
  /** What we write is not taken away: more than `limitBytes` wait, or a write waited longer than allowed. */
  | { readonly kind: 'write-stalled'; readonly queuedBytes: number }
  /** No connection could be made, or it broke: `errno` is the system's or the HTTP client's code. */
  | { readonly kind: 'unreachable'; readonly errno: string }
  /** The server answered with a status that is none of the more telling kinds. */
  | { readonly kind: 'http-status'; readonly status: number; readonly retryAfterMs?: number }
  /** The server wants credentials that it was not given (401) or does not accept them (403). */
  | { readonly kind: 'unauthorized'; readonly status: 401 | 403 }
  /** A person has to authorize this client; `authorize(name)` goes on. */
  | { readonly kind: 'auth-required'; readonly reason: AuthRequirement }
  /** This client could not be authorized, and no person can help: the configuration or one of the servers is wrong. */
  | { readonly kind: 'auth-failed'; readonly reason: AuthFailure }
  /** The function that gives the headers threw, took too long, or gave what cannot be sent. */
  | { readonly kind: 'headers-unavailable'; readonly reason: 'threw' | 'timed-out' | 'invalid' }
  /**
   * Same process: the function that makes the transport threw, what it gave is no transport or is in use already, or that
   * could not be started. `code` is the code of what was thrown, where it has one.
   */
  | {
      readonly kind: 'transport-unavailable';
      readonly reason: 'threw' | 'invalid' | 'in-use' | 'not-started';
      readonly code?: string;
    }
  /** The server redirects to another origin, which is not followed. */
  | { readonly kind: 'foreign-redirect'; readonly status: number }
  /** The server does not know our session any more (404 while holding a session id). */
  | { readonly kind: 'session-lost'; readonly status: number }
  /** The stream that carries the server's messages ended. */
  | { readonly kind: 'stream-ended' }
  /** The stream was silent for longer than `sseReadTimeoutMs`. */
  | { readonly kind: 'stream-silent'; readonly silentMs: number }
  /** The stream of one request's reply ended without the reply. */
  | { readonly kind: 'reply-lost' }
  /** The server did not answer `missed` heartbeats in a row. */
  | { readonly kind: 'unresponsive'; readonly missed: number }
  /** Opening or initializing took longer than allowed. */
  | { readonly kind: 'timed-out'; readonly phase: 'connecting' | 'initializing'; readonly afterMs: number }
  /** The server answered the handshake with a JSON-RPC error. */
  | { readonly kind: 'handshake-refused'; readonly code: number; readonly message: string }
  /** No protocol revision in common. */
  | { readonly kind: 'protocol-version-unsupported' }
  /** The server sent something that is not a valid message where a valid one was needed. */
  | { readonly kind: 'malformed-message'; readonly detail: string }
  /** The server sent more than `limitBytes` in one message or one stream. */
  | { readonly kind: 'message-too-large'; readonly limitBytes: number }
  /** The server sent something faster than allowed (requests of one kind, pages, streams). */
  | { readonly kind: 'flooded'; readonly what: string }
  /** A server this one depends on is not ready. */
  | { readonly kind: 'dependency-lost'; readonly server: string }
  /** A defect in this library or in a hook it was given: the connection was restarted by its supervisor. */
  | { readonly kind: 'crashed'; readonly message: string }
  /** It was asked to close. */
  | { readonly kind: 'closed' };

/** The closed list of why something can end. */
export type FaultKind = Fault['kind'];

/** A fault on its way up through code that throws. Internal: callers of the library see `SupervisorError`. */
export class FaultError extends Error {
  override readonly name = 'FaultError';

  constructor(
    readonly fault: Fault,
    readonly outcome: Outcome = 'unknown',
  ) {
    super(describeFault(fault));
  }
}

const AUTH_REQUIREMENTS: Readonly<Record<AuthRequirement, string>> = {
  'no-token': 'there is no token',
  'token-refused': 'the token is not accepted any more',
  'scope-missing': 'the token is not enough',
};

const AUTH_FAILURES: Readonly<Record<AuthFailure, string>> = {
  discovery: 'the servers do not say how',
  'issuer-mismatch': 'the authorization server is not the one it should be',
  'pkce-unsupported': 'the authorization server does not support PKCE (S256)',
  'resource-mismatch': 'the server names another resource than itself',
  'registration-refused': 'the authorization server does not register it',
  'client-refused': 'the authorization server does not know it, or its secret',
  'grant-refused': 'the authorization server gives no token',
  'answer-invalid': 'the answer belongs to nothing that was asked for',
  'no-answer': 'nobody answered in time',
  'insecure-endpoint': 'credentials would travel unprotected',
  'malformed-answer': 'the authorization server gave no valid answer',
  hook: 'a function of the configuration threw',
  store: 'the credential store failed',
};

const HEADERS_FAILURES = { threw: 'threw', 'timed-out': 'took too long', invalid: 'gave what cannot be sent' } as const;

const TRANSPORT_FAILURES = {
  threw: 'the function that makes the transport threw',
  invalid: 'what the function gave is no transport',
  'in-use': 'the transport that the function gave is in use, or was before',
  'not-started': 'the transport could not be started',
} as const;

/** Say a fault in one line, for a person. */
export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'command-not-found':
      return `command not found: ${fault.command}`;
    case 'command-not-executable':
      return `command is not executable: ${fault.command}`;
    case 'working-directory-missing':
      return 'the working directory does not exist';
    case 'spawn-failed':
      return `the process could not be started (${fault.errno})`;
    case 'process-exited':
      return `the process ${describeExit(fault)}${fault.stderr.length > 0 ? `: ${fault.stderr.at(-1)}` : ''}`;
    case 'pipe-closed':
      return `the process closed its ${fault.pipe}`;
    case 'write-stalled':
      return `the server does not read what it is sent (${fault.queuedBytes} bytes wait)`;
    case 'unreachable':
      return `the server cannot be reached (${fault.errno})`;
    case 'http-status':
      return `the server answered with HTTP ${fault.status}`;
    case 'unauthorized':
      return fault.status === 401 ? 'the server wants credentials (HTTP 401)' : 'the server refuses access (HTTP 403)';
    case 'auth-required':
      return `a person has to authorize this client (${AUTH_REQUIREMENTS[fault.reason]})`;
    case 'auth-failed':
      return `this client could not be authorized: ${AUTH_FAILURES[fault.reason]}`;
    case 'headers-unavailable':
      return `the function that gives the headers ${HEADERS_FAILURES[fault.reason]}`;
    case 'transport-unavailable':
      return `${TRANSPORT_FAILURES[fault.reason]}${fault.code === undefined ? '' : ` (${fault.code})`}`;
    case 'foreign-redirect':
      return `the server redirects to another origin (HTTP ${fault.status})`;
    case 'session-lost':
      return `the server does not know the session any more (HTTP ${fault.status})`;
    case 'stream-ended':
      return 'the stream of messages ended';
    case 'stream-silent':
      return `the stream of messages was silent for ${fault.silentMs} ms`;
    case 'reply-lost':
      return 'the stream of the reply ended without the reply';
    case 'unresponsive':
      return `the server did not answer ${fault.missed} heartbeats`;
    case 'timed-out':
      return `${fault.phase} took longer than ${fault.afterMs} ms`;
    case 'handshake-refused':
      return `the server refused the handshake (${fault.code}): ${fault.message.replaceAll(/\s+/g, ' ').slice(0, 500)}`;
    case 'protocol-version-unsupported':
      return 'no protocol revision in common';
    case 'malformed-message':
      return `the server sent an invalid message: ${fault.detail}`;
    case 'message-too-large':
      return `the server sent more than ${fault.limitBytes} bytes in one message`;
    case 'flooded':
      return `the server sent too many ${fault.what}`;
    case 'dependency-lost':
      return `it depends on '${fault.server}', which is not ready`;
    case 'crashed':
      return `the connection crashed: ${fault.message}`;
    case 'closed':
      return 'it was closed';
  }
}

/** Say how a process ended. */
export function describeExit(fault: { exitCode: number | null; signal: string | null }): string {
  return fault.signal === null ? `exited with code ${fault.exitCode}` : `was ended by ${fault.signal}`;
}
