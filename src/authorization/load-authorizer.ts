/** Loads what authorizes requests, and with it the SDK's flow: only for servers that are configured so. */

import type { Authorizer, AuthorizerOptions } from './authorizer.ts';

/** Load the code, and make the authorizer of one server. Does no other I/O. */
export async function loadAuthorizer(options: AuthorizerOptions): Promise<Authorizer> {
  const { Authorizer } = await import('./authorizer.ts');
  return new Authorizer(options);
}
