/** Which faults of one request are the faults of every other one too. Pure. */

import type { Fault } from '../../fault.ts';

/** Whether no request of the same transport can end better, so that it may as well end. */
export function isLasting(fault: Fault): boolean {
  switch (fault.kind) {
    case 'session-lost':
    case 'auth-failed':
      return true;
    case 'auth-required':
      // The token is good for everything but that request.
      return fault.reason !== 'scope-missing';
    default:
      return false;
  }
}
