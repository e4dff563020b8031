/** Decides what a failed flow means, by the class and code of what the SDK threw. Nothing of its text is kept. */

import {
  AuthorizationServerMismatchError,
  InsecureTokenEndpointError,
  IssuerMismatchError,
  OAuthError,
  OAuthErrorCode,
  RegistrationRejectedError,
} from '@modelcontextprotocol/client';
import { type AuthFailure, FaultError } from '../fault.ts';
import { fetchFault } from './flow-fetch.ts';

/** The fault of a flow that cannot go on. */
export function authFailed(reason: AuthFailure): FaultError {
  return new FaultError({ kind: 'auth-failed', reason }, 'refused');
}

/** Turn whatever a step of a flow threw into a fault; `otherwise` for what has no meaning of its own. */
export function flowFault(error: unknown, otherwise: AuthFailure): FaultError {
  const fault = fetchFault(error);
  if (fault !== undefined) return fault;
  if (error instanceof IssuerMismatchError || error instanceof AuthorizationServerMismatchError) {
    return authFailed('issuer-mismatch');
  }
  if (error instanceof InsecureTokenEndpointError) return authFailed('insecure-endpoint');
  if (error instanceof RegistrationRejectedError) return authFailed('registration-refused');
  if (error instanceof OAuthError) return authFailed(refusal(error));
  return authFailed(otherwise);
}

/** Whether the authorization server says that a refresh token, or code, is of no use any more. */
export function isGrantGone(error: unknown): boolean {
  return error instanceof OAuthError && error.code === OAuthErrorCode.InvalidGrant;
}

/** Whether the authorization server says that it does not know this client. */
export function isClientGone(error: unknown): boolean {
  return error instanceof OAuthError && refusal(error) === 'client-refused';
}

function refusal({ code }: OAuthError): AuthFailure {
  switch (code) {
    case OAuthErrorCode.InvalidClient:
    case OAuthErrorCode.UnauthorizedClient:
      return 'client-refused';
    // What the SDK makes of an answer that is none.
    case OAuthErrorCode.ServerError:
      return 'malformed-answer';
    default:
      return 'grant-refused';
  }
}
