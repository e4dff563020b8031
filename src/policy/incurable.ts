/**
 * Which faults trying again cannot cure. Pure. The connection asks it when connecting or an epoch failed: an
 * incurable fault closes a connection that was never ready and parks one that was.
 */

import type { Fault } from '../fault.ts';
import { assertNever } from './assert-never.ts';

/** JSON-RPC 2.0, section 5.1: the request itself is wrong, and the next one would be the same. */
const INCURABLE_RPC_CODES: ReadonlySet<number> = new Set([-32600, -32601, -32602]);

/** Start failures that lie in what is started; all others (`EAGAIN`, `EMFILE`, `ENOMEM`, …) lie in the host's load. */
const INCURABLE_SPAWN_ERRNOS: ReadonlySet<string> = new Set(['E2BIG', 'EINVAL', 'ELOOP', 'ENAMETOOLONG', 'ENOEXEC']);

/** TLS failures that last until a person changes a certificate, a trust store or the URL. */
const INCURABLE_TLS_ERRNOS: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Client errors that time does cure: timeout, conflict, wrong connection, locked, too early, too many. */
const CURABLE_CLIENT_STATUSES: ReadonlySet<number> = new Set([408, 409, 421, 423, 425, 429]);

/** Server errors that time does not cure: it knows no such method (501), or no such version of HTTP (505). */
const INCURABLE_SERVER_STATUSES: ReadonlySet<number> = new Set([501, 505]);

/**
 * Tell whether trying again on its own clock is pointless, so that only an event from outside can help.
 *
 * Meant for the fault that ended connecting, initializing or an epoch, not for the fault of a single call.
 */
export function isIncurable(fault: Fault): boolean {
  switch (fault.kind) {
    // The program has to be installed or the path corrected.
    case 'command-not-found':
    // The file mode has to be changed.
    case 'command-not-executable':
    // The directory has to be made or the path corrected.
    case 'working-directory-missing':
    // Credentials have to be given; asking again with the same ones may lock the account.
    case 'unauthorized':
    // A person has to act, and is told where.
    case 'auth-required':
    // One of the two programs has to be updated.
    case 'protocol-version-unsupported':
    // The URL has to be corrected; following would hand our credentials to another origin.
    case 'foreign-redirect':
      return true;
    // A configuration or a server has to be corrected; a disk or a keychain may come back.
    case 'auth-failed':
      return fault.reason !== 'store' && fault.reason !== 'hook';
    // The function gives what it should not, and would again; what threw may have been down for a moment.
    case 'transport-unavailable':
      return fault.reason === 'invalid' || fault.reason === 'in-use';
    // Too long a command line stays too long; a lack of processes or descriptors passes.
    case 'spawn-failed':
      return INCURABLE_SPAWN_ERRNOS.has(fault.errno);
    // A bad certificate stays bad; a network comes back.
    case 'unreachable':
      return INCURABLE_TLS_ERRNOS.has(fault.errno);
    // The next handshake would be the same request; other codes (internal error, not ready) may pass.
    case 'handshake-refused':
      return INCURABLE_RPC_CODES.has(fault.code);
    // 404, 405, 406, 410, 415, …: this URL is not that server. Overload and outages pass.
    case 'http-status':
      return isIncurableStatus(fault.status);
    // A new process may live longer.
    case 'process-exited':
    case 'pipe-closed':
    case 'write-stalled':
    // A new session and a new stream are what reconnecting gives.
    case 'session-lost':
    case 'stream-ended':
    case 'stream-silent':
    case 'reply-lost':
    case 'unresponsive':
    // A slow start may be faster with warm caches.
    case 'timed-out':
    // What one process or one proxy garbled, the next may not; the backoff bounds the cost.
    case 'malformed-message':
    case 'message-too-large':
    case 'flooded':
    // Where credentials come from may be down for a moment.
    case 'headers-unavailable':
    // The other server has its own supervision.
    case 'dependency-lost':
    // The restart intensity decides about defects.
    case 'crashed':
    // An intention, not a fault: closing is decided where it was asked for.
    case 'closed':
      return false;
    default:
      return assertNever(fault);
  }
}

/**
 * Tell whether a person outside may cure a fault, and is asked to: such a connection is parked, although it was never
 * ready, because it has somebody to wait for.
 */
export function awaitsPerson(fault: Fault): boolean {
  return fault.kind === 'auth-required';
}

function isIncurableStatus(status: number): boolean {
  // A redirect that reaches us was not to be followed, so the URL is wrong.
  if (status >= 300 && status < 400) return true;
  if (status >= 400 && status < 500) return !CURABLE_CLIENT_STATUSES.has(status);
  return INCURABLE_SERVER_STATUSES.has(status);
}
